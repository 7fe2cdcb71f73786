"""A client app as the tests play it: it keeps its credentials and speaks the real protocol."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from django.test import Client

How = Literal["form", "query", "json"]


@dataclass
class ClientApp:
    """One device of one user."""

    device_id: str = "device-1"
    user_id: int = 0
    token: str = ""
    how: How = "form"
    address: str = "192.0.2.7"
    locale: str = "en_US"
    country: str = ""
    http: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    answer: dict[str, Any] = field(default_factory=dict)

    def headers(self) -> dict[str, str]:
        """The headers of every call."""
        told = {"X-Lantern-Client-Country": self.country} if self.country else {}
        return {
            "X-Lantern-Device-Id": self.device_id,
            "X-Lantern-User-Id": str(self.user_id),
            "X-Lantern-Pro-Token": self.token,
            **told,
        }

    def get(self, path: str, **parameters: object) -> Any:
        """GET with the parameters in the query."""
        return self._keep(
            self.http.get(
                path, dict[str, Any](parameters), headers=self.headers(), REMOTE_ADDR=self.address
            )
        )

    def post(self, path: str, **parameters: object) -> Any:
        """POST in this client's way of sending parameters."""
        content_type, body = "application/x-www-form-urlencoded", urlencode(parameters)
        if self.how == "json":
            content_type, body = "application/json", json.dumps(parameters)
        if self.how == "query":
            path, content_type, body = f"{path}?{urlencode(parameters)}", "", ""
        return self._keep(
            self.http.generic(
                "POST",
                path,
                body,
                content_type=content_type,
                headers=self.headers(),
                REMOTE_ADDR=self.address,
            )
        )

    def sign_up(self) -> "ClientApp":
        """Make an account and keep its credentials."""
        self.post("/user-create", locale=self.locale)
        self.user_id, self.token = self.answer["userId"], self.answer["token"]
        return self

    def buy(self, **changes: object) -> Any:
        """Buy a year with a card that pays, but for what ``changes`` say."""
        wish = {
            "provider": "stripe",
            "plan": "1y-usd-10",
            "currency": "usd",
            "email": "reader@example.org",
            "deviceName": "Pixel",
            "stripeToken": "tok_visa",
            "idempotencyKey": f"tap-{self.device_id}",
        }
        sent = {name: value for name, value in {**wish, **changes}.items() if value is not None}
        return self.post("/purchase", **sent)

    def _keep(self, response: Any) -> Any:
        self.answer = json.loads(response.content)
        return response
