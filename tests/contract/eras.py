"""Apps of ten years as docs/protocol.md tells of them: how they send, and what they understand.

Each speaks to a running server over a socket of its own, byte by byte as its HTTP library does.
"""

import http.client
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlencode, urlsplit

from django.conf import settings

How = Literal["form", "query", "json", "nothing"]
LARGEST_ID: Final = 1 << 53


@dataclass(frozen=True, slots=True)
class Era:
    """One generation of apps.

    ``post`` is where the parameters of a POST stand, ``create`` those of ``/user-create``;
    ``spell`` is what the HTTP library makes of a header's name. ``waits`` is what goes with a
    GET, ``id_named`` the spelling of the user id that is looked for after linking, and
    ``device_named`` that of the device which is to be removed.
    """

    name: str
    post: How = "form"
    create: How = "form"
    spell: Callable[[str], str] = str
    waits: Mapping[str, str] = field(default_factory=dict)
    id_named: str = "userID"
    device_named: str = "deviceID"


A = Era("A, 2016", waits={"timeout": "10"})
B = Era("B, 2017", waits={"timeout": "10"})
C = Era("C, 2018 to 2025", post="query", waits={"timeout": "10"})
ANDROID = Era("Android, 2020 to 2024", create="json", id_named="userId")
D = Era("D, 2024 to 2026", spell=str.title, id_named="userID")
E = Era(
    "E, 2026",
    post="json",
    create="nothing",
    spell=str.lower,
    id_named="userId",
    device_named="deviceId",
)
ERAS: Final = (A, B, C, ANDROID, D, E)

INFORMATIONAL: Final = {
    "X-Lantern-App": "Lantern",
    "X-Lantern-Version": "7.9.0",
    "X-Lantern-App-Version": "7.9.0",
    "X-Lantern-Platform": "windows",
    "X-Lantern-Locale": "fa_IR",
    "X-Lantern-Time-Zone": "Asia/Tehran",
    "X-Lantern-Supported-Data-Caps": "monthly",
    "X-Lantern-Rand": "x" * 299,
}
"""Headers that tell of the app, or are padding."""


class AppFails(AssertionError):
    """An app of this era would show its user a failure, or hammer, for what it was answered."""


@dataclass
class App:
    """One device with an app of an era."""

    era: Era
    url: str
    device_id: str
    address: str = "192.0.2.7"
    user_id: int = 0
    token: str = ""
    answer: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, **told: str) -> dict[str, Any]:
        """GET, as this era does."""
        sent = {**told, "locale": "fa_IR", **self.era.waits}
        return self._understand(*self._send("GET", f"{path}?{urlencode(sent)}", "", ""))

    def post(self, path: str, **told: str) -> dict[str, Any]:
        """POST, as this era does."""
        return self._understand(*self._send("POST", *self._place(path, told)))

    def post_and_lose_the_answer(self, path: str, **told: str) -> None:
        """POST, and let the connection break before the answer comes."""
        target, content_type, body = self._place(path, told)
        connection = self._begin("POST", target, content_type, body)
        connection.sock.shutdown(1)
        connection.close()

    def sign_up(self) -> "App":
        """Make an account and store its credentials."""
        made = self.post("/user-create")
        self.user_id, self.token = made["userId"], made["token"]
        return self

    def takes(self, answer: Mapping[str, Any]) -> None:
        """Take over the credentials that linking or recovery answered."""
        self.user_id, self.token = answer[self.era.id_named], answer["token"]

    def _place(self, path: str, told: Mapping[str, str]) -> tuple[str, str, str]:
        """Target, content type and body of a POST."""
        sent = {**told, "locale": "fa_IR"}
        how = self.era.create if path == "/user-create" else self.era.post
        if how == "query":
            return f"{path}?{urlencode(sent)}", "", ""
        if how == "json":
            return path, "application/json", json.dumps(sent)
        if how == "nothing":
            return path, "", ""
        return path, "application/x-www-form-urlencoded", urlencode(sent)

    def _begin(
        self, method: str, target: str, content_type: str, body: str
    ) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        connection.putrequest(method, target, skip_accept_encoding=True)
        told = {
            **INFORMATIONAL,
            "X-Lantern-Device-Id": self.device_id,
            "X-Lantern-User-Id": str(self.user_id),
            "X-Lantern-Pro-Token": self.token,
            "X-Lantern-Config-Client-IP": self.address,
            "X-Lantern-Config-Auth-Token": settings.PROXY_FORWARD_SECRET,
        }
        for name, value in told.items():
            connection.putheader(self.era.spell(name), value)
        if content_type:
            connection.putheader("Content-Type", content_type)
        if method == "POST":
            connection.putheader("Content-Length", str(len(body.encode())))
        connection.endheaders(body.encode() or None)
        return connection

    def _send(
        self, method: str, target: str, content_type: str, body: str
    ) -> tuple[int, str, bytes]:
        connection = self._begin(method, target, content_type, body)
        response = connection.getresponse()
        status, kind, content = response.status, response.headers["Content-Type"], response.read()
        connection.close()
        return status, kind, content

    def _understand(self, status: int, kind: str, body: bytes) -> dict[str, Any]:
        """Read an answer as this era does; ``AppFails`` where the app would not go on."""
        if status != http.HTTPStatus.OK:
            raise AppFails(f"{self.era.name}: status {status}")
        if not kind.startswith("application/json"):
            raise AppFails(f"{self.era.name}: {kind}")
        if not body.isascii():  # D looks at bytes, not at characters
            raise AppFails(f"{self.era.name}: not ASCII: {body!r}")
        self.answer = json.loads(body)
        if self.answer["status"] == "ok" and "error" in self.answer:  # Android looks no further
            raise AppFails(f"{self.era.name}: a success with an error")
        if self.answer["status"] == "error" and not self._is_a_slug(self.answer["errorId"]):
            raise AppFails(f"{self.era.name}: no errorId: {self.answer}")
        for name in ("userId", "userID"):
            told = self.answer.get(name, 1)
            if type(told) is not int or not 0 < told < LARGEST_ID:
                raise AppFails(f"{self.era.name}: {name} is {told!r}")
        return self.answer

    @staticmethod
    def _is_a_slug(text: object) -> bool:
        return isinstance(text, str) and re.fullmatch(r"[a-z]+(-[a-z]+)*", text) is not None
