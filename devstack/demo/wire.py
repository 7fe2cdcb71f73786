"""HTTP as the story needs it: whole exchanges, and requests that go through a proxy."""

import gzip
import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import yaml

_PATIENCE_SECONDS: Final = 30.0
_GZIP: Final = "application/x-gzip"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent and what was answered."""

    method: str
    url: str
    sent_headers: Mapping[str, str]
    sent: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes
    through: str = ""

    def json(self) -> dict[str, Any]:
        """The answer as a JSON object; ``ValueError`` when it is none."""
        value = json.loads(self.body)
        if not isinstance(value, dict):
            message = f"{self.url} answered no JSON object"
            raise ValueError(message)  # noqa: TRY004 - as json does
        return value

    def configuration(self) -> dict[str, Any]:
        """The answer as a configuration, by the name of each proxy."""
        told = yaml.safe_load(gzip.decompress(self.body))
        assert isinstance(told, dict)
        return told

    @property
    def is_configuration(self) -> bool:
        """Whether the body is a gzipped configuration."""
        return self.headers.get("content-type") == _GZIP and bool(self.body)


# Is told of every exchange.
Watch = Callable[[Exchange], None]


def watch_nothing(exchange: Exchange) -> None:
    """Be told, and keep it to oneself."""


def exchange(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    proxy: str = "",
    tunnel: Mapping[str, str] | None = None,
) -> Exchange:
    """Send one request and read its answer; ``OSError`` when there is none.

    ``proxy`` (``host:port``) carries the request as plain proxying does; with ``tunnel``, the
    headers for ``CONNECT``, it travels through a tunnel. A refused tunnel is an ``OSError``.
    """
    where = urlsplit(url)
    sent = dict(headers or {})
    target = f"{where.path or '/'}{'?' + where.query if where.query else ''}"
    connection = http.client.HTTPConnection(proxy or where.netloc, timeout=_PATIENCE_SECONDS)
    if tunnel is not None:
        connection.set_tunnel(where.hostname or "", where.port, dict(tunnel))
    elif proxy:
        target = url
    try:
        connection.request(method, target, body=body or None, headers=sent)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Exchange(
            method=method,
            url=url,
            sent_headers={**sent, **(tunnel or {})},
            sent=body,
            status=answer.status,
            headers=told,
            body=answer.read(),
            through=f"{'by a tunnel ' if tunnel else ''}through {proxy}" if proxy else "",
        )
    finally:
        connection.close()


@dataclass(slots=True)
class App:
    """A client app on one device: it keeps its credentials, and tells ``watch`` of each call."""

    pro_url: str
    config_url: str
    device_id: str
    watch: Watch = watch_nothing
    user_id: int = 0
    token: str = ""

    def headers(self) -> dict[str, str]:
        """The headers of every call."""
        known = {"X-Lantern-Device-Id": self.device_id}
        if self.user_id:
            known |= {"X-Lantern-User-Id": str(self.user_id), "X-Lantern-Pro-Token": self.token}
        return known

    def get(self, path: str, **parameters: object) -> dict[str, Any]:
        """GET with the parameters in the query; the answer's JSON."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        done = exchange("GET", f"{self.pro_url}{path}{query}", headers=self.headers())
        self.watch(done)
        return done.json()

    def post(self, path: str, **parameters: object) -> dict[str, Any]:
        """POST with the parameters as a form; the answer's JSON."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        done = exchange(
            "POST",
            f"{self.pro_url}{path}",
            headers={**self.headers(), **form},
            body=urlencode(parameters).encode(),
        )
        self.watch(done)
        return done.json()

    def sign_up(self) -> dict[str, Any]:
        """Make an account and keep its credentials."""
        made = self.post("/user-create", locale="en_US")
        self.user_id, self.token = made["userId"], made["token"]
        return made

    def fetch(self, *, tag: str = "") -> Exchange:
        """Poll for the configuration; ``tag`` is that of the one at hand."""
        known = {"X-Lantern-If-None-Match": tag} if tag else {}
        done = exchange(
            "GET",
            f"{self.config_url}/proxies.yaml.gz",
            headers={**self.headers(), "Accept": _GZIP, "Cache-Control": "no-cache", **known},
        )
        self.watch(done)
        return done


def card_token(stripe_url: str, number: str, key: str, watch: Watch = watch_nothing) -> str:
    """Let Stripe make a token of a card, as the page does in which it is typed."""
    fields = {
        "card[number]": number,
        "card[exp_month]": "12",
        "card[exp_year]": "34",
        "card[cvc]": "123",
    }
    done = exchange(
        "POST",
        f"{stripe_url}/v1/tokens",
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        body=urlencode(fields).encode(),
    )
    watch(done)
    return str(done.json()["id"])
