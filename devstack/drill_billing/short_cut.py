"""Calls to the stand-ins without sockets: what ``requests`` would send is answered in-process.

Everything above the transport is as ever: the vendors' clients, their headers, forms, errors and
sessions. Left out are sockets, the look for proxies, the server's threads and timeouts; some
histories keep them.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from devstack.standin import Request, Standin

REALLY_EVERY: Final = 50
"""Of so many histories one is played over HTTP, so that the short cut is held against it."""


@contextmanager
def in_process(*standins: Standin) -> Iterator[None]:
    """Let every call of ``requests`` to these stand-ins be answered by the caller's own thread."""
    by_place = {urlsplit(each.url).netloc: each for each in standins}

    def send(adapter: HTTPAdapter, sent: requests.PreparedRequest, **_: Any) -> requests.Response:
        parts = urlsplit(sent.url or "")
        body = sent.body or b""
        request = Request(
            method=sent.method or "",
            path=unquote(parts.path),
            query=parts.query,
            headers={name.lower(): value for name, value in sent.headers.items()},
            body=body if isinstance(body, bytes) else body.encode(),
            hung_up=lambda: False,
        )
        answer = by_place[parts.netloc].respond(request)
        if answer is None:
            raise requests.ConnectionError(request=sent)
        raw = HTTPResponse(
            body=io.BytesIO(answer.body),
            headers={"Content-Type": answer.content_type, **answer.headers},
            status=answer.status,
            preload_content=False,
        )
        return adapter.build_response(sent, raw)

    with (
        patch.object(HTTPAdapter, "send", send),
        patch("requests.sessions.get_environ_proxies", lambda *_, **__: {}),
    ):
        yield
