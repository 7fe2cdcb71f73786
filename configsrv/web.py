"""The WSGI callable of config-server: no framework on the hot path."""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import RedisError

from configsrv.cache import ConfigCache
from configsrv.services.answer import Poll, answer, seconds_until_next_poll

if TYPE_CHECKING:
    from wsgiref.types import StartResponse

log = logging.getLogger(__name__)

Headers = list[tuple[str, str]]

PATH: Final = "/proxies.yaml.gz"
HEALTH_PATH: Final = "/healthz"
METHODS: Final = ("GET", "HEAD")


class ConfigServer:
    """Answers polls from a cache of finished configurations."""

    def __init__(self, cache: ConfigCache) -> None:
        """Serve from this cache, which must be started."""
        self._cache = cache

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path not in {PATH, HEALTH_PATH}:
            status, headers, content = _plain("404 Not Found", "not found")
        elif method not in METHODS:
            status, headers, content = _plain("405 Method Not Allowed", "method not allowed")
            headers.append(("Allow", ", ".join(METHODS)))
        elif path == HEALTH_PATH:
            told = "told" if self._cache.in_touch else "not told"
            status, headers, content = _plain("200 OK", f"ok, {told} of changes")
        else:
            status, headers, content = self._poll(environ)
        start_response(status, headers)
        return [] if method == "HEAD" else [content]

    def _poll(self, environ: dict[str, Any]) -> tuple[str, Headers, bytes]:
        """Answer a poll; whatever happens, with the time to wait until the next."""
        try:
            told = answer(_read_poll(environ), self._cache)
        except RedisError:
            log.exception("a poll could not be answered: Redis does not answer")
            status, headers, content = _plain("503 Service Unavailable", "not available just now")
        else:
            if told.kind == "none":
                status, headers, content = _plain("503 Service Unavailable", "no proxies just now")
            elif told.kind == "same":
                status, headers, content = "304 Not Modified", _tags(told.body.tag), b""
            else:
                status, content = "200 OK", told.body.content
                headers = [
                    ("Content-Type", "application/x-gzip"),
                    ("Content-Length", str(len(content))),
                    *_tags(told.body.tag),
                ]
        headers += [
            ("X-Lantern-Config-Sleep", str(seconds_until_next_poll())),
            # An answer is for one network or one user: what lies between must not keep it.
            ("Cache-Control", "no-store"),
        ]
        return status, headers, content


def _read_poll(environ: dict[str, Any]) -> Poll:
    tags = {environ.get("HTTP_X_LANTERN_IF_NONE_MATCH", "").strip()}
    for tag in environ.get("HTTP_IF_NONE_MATCH", "").split(","):
        tags.add(tag.strip().removeprefix("W/").strip('"'))
    return Poll(
        user_id=environ.get("HTTP_X_LANTERN_USER_ID", "").strip(),
        device_id=environ.get("HTTP_X_LANTERN_DEVICE_ID", "").strip(),
        token=environ.get("HTTP_X_LANTERN_PRO_TOKEN", "").strip(),
        country=environ.get("HTTP_X_LANTERN_CLIENT_COUNTRY", "").strip(),
        peer=environ.get("REMOTE_ADDR", ""),
        client_ip=environ.get("HTTP_X_LANTERN_CONFIG_CLIENT_IP", "").strip(),
        forward_secret=environ.get("HTTP_X_LANTERN_CONFIG_AUTH_TOKEN", "").strip(),
        tags=frozenset(tags),
    )


def _tags(tag: str) -> Headers:
    return [("X-Lantern-Etag", tag), ("ETag", f'"{tag}"')]


def _plain(status: str, words: str) -> tuple[str, Headers, bytes]:
    content = f"{words}\n".encode()
    return (
        status,
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(content)))],
        content,
    )
