"""A pro-server as a process of its own, over the tests' Redis, and a way to call it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import requests
from django.conf import settings

from devstack.redis_server import free_port
from tests.processes import answers, eventually, process

_LIMITS = ("CALLS_PER_MINUTE", "GUESSES_PER_HOUR", "MAILS_PER_HOUR", "PAYMENTS_PER_HOUR")
NO_LIMITS = {f"LANTERN_{name}": "1000000" for name in (*_LIMITS, "SIGN_UPS_PER_NETWORK")}
"""For tests that are about something else than how often calls may be made."""


@contextmanager
def pro_server(*, threads: int = 8, **environment: str) -> Iterator[str]:
    """Run a pro-server on a free port of loopback; its address."""
    port = free_port()
    command = (
        *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", str(threads), "--no-ws"),
        "lantern_pro.wsgi:application",
    )
    url = f"http://127.0.0.1:{port}"
    with process(*command, environment={**NO_LIMITS, **environment}):
        eventually(lambda: answers(f"{url}/healthz"))
        yield url


@dataclass
class LiveApp:
    """A device that calls a running server, by way of a proxy that tells its address."""

    url: str
    device_id: str = "device-1"
    user_id: int = 0
    token: str = ""
    address: str = "192.0.2.7"
    answer: dict[str, Any] = field(default_factory=dict)

    def headers(self) -> dict[str, str]:
        """The headers of every call."""
        return {
            "X-Lantern-Device-Id": self.device_id,
            "X-Lantern-User-Id": str(self.user_id),
            "X-Lantern-Pro-Token": self.token,
            "X-Lantern-Config-Client-IP": self.address,
            "X-Lantern-Config-Auth-Token": settings.PROXY_FORWARD_SECRET,
        }

    def call(
        self,
        path: str,
        told: Mapping[str, object],
        *,
        how: Literal["form", "query", "json", "get"] = "form",
    ) -> requests.Response:
        """Call, with the parameters where this client puts them."""
        place = {"form": "data", "query": "params", "json": "json", "get": "params"}[how]
        response = requests.request(
            "GET" if how == "get" else "POST",
            f"{self.url}{path}",
            headers=self.headers(),
            timeout=60,
            **{place: dict(told)},  # type: ignore[arg-type]
        )
        self.answer = response.json()
        return response

    def sign_up(self) -> "LiveApp":
        """Make an account and keep its credentials."""
        self.call("/user-create", {"locale": "en_US"})
        self.user_id, self.token = self.answer["userId"], self.answer["token"]
        return self

    @property
    def outcome(self) -> str:
        """``ok``, or why not."""
        return str(self.answer.get("errorId", self.answer["status"]))
