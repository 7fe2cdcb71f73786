"""The calls that are compared, as bytes ready to be sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

EMPTY: Final = "empty view"
USER_DATA: Final = "/user-data"
USER_CREATE: Final = "/user-create"
CALLS: Final = (EMPTY, USER_DATA, USER_CREATE)

_numbers = count()


@dataclass(frozen=True, slots=True)
class Account:
    """Credentials that ``/user-create`` gave."""

    device_id: str
    user_id: int
    token: str


def account_in(answer: bytes, device_id: str) -> Account:
    """Read the credentials of an answer."""
    told = json.loads(answer)
    return Account(device_id, told["userId"], told["token"])


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes requests of clients all over the world, who come through a proxy of ours."""

    forward_secret: str

    def requests(self, call: str, accounts: list[Account]) -> Iterator[bytes]:
        """Requests without end, each by another device or account."""
        for number in _numbers:
            if call == EMPTY:
                yield self._request("GET", "/empty", number, {})
            elif call == USER_CREATE:
                yield self.sign_up(f"bench-{number}", number)
            else:
                account = accounts[number % len(accounts)]
                headers = {
                    "X-Lantern-Device-Id": account.device_id,
                    "X-Lantern-User-Id": str(account.user_id),
                    "X-Lantern-Pro-Token": account.token,
                }
                yield self._request("GET", "/user-data?locale=fa_IR", number, headers)

    def sign_up(self, device_id: str, number: int) -> bytes:
        """A sign-up by this device."""
        path = "/user-create?locale=fa_IR"
        return self._request("POST", path, number, {"X-Lantern-Device-Id": device_id})

    def _request(self, method: str, path: str, number: int, headers: dict[str, str]) -> bytes:
        address = f"{20 + number % 40}.{number // 40 % 250}.{number // 10_000 % 250}.7"
        told = {
            "Host": "127.0.0.1",
            "X-Lantern-Config-Client-IP": address,
            "X-Lantern-Config-Auth-Token": self.forward_secret,
            "Content-Length": "0",
            **headers,
        }
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {told[name]}" for name in told), "", ""]
        return "\r\n".join(lines).encode()
