"""Who a request says it comes from: headers and addresses, not yet believed."""

import hmac
import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, TypedDict

from django.conf import settings
from django.http import HttpRequest

from lantern_pro.errors import InvalidParameter, MissingParameter
from lantern_pro.types import UserId

DEVICE_ID_HEADER = "X-Lantern-Device-Id"
USER_ID_HEADER = "X-Lantern-User-Id"
TOKEN_HEADER = "X-Lantern-Pro-Token"  # noqa: S105 - a header's name
LONGEST_DEVICE_ID: Final = 256
COUNTRY_HEADER: Final = "X-Lantern-Client-Country"
_COUNTRY: Final = re.compile(r"^[A-Za-z]{2}$")
_DECIMAL: Final = re.compile(r"^[0-9]{1,20}$", re.ASCII)


class Shown(TypedDict):
    """What a client shows to be known by, as services take it."""

    user_id: UserId | None
    token: str
    device_id: str


@dataclass(frozen=True, slots=True)
class Identity:
    """What the headers say; ``user_id`` is None before creation (sent as 0 or left empty)."""

    device_id: str
    user_id: UserId | None
    token: str

    @property
    def shown(self) -> Shown:
        """The same for ``accounts.services.authentication``."""
        return {"user_id": self.user_id, "token": self.token, "device_id": self.device_id}


def device_id_of(request: HttpRequest) -> str:
    """The device id, an opaque text that the client chose."""
    device_id = request.headers.get(DEVICE_ID_HEADER, "").strip()
    if not device_id:
        message = f"The header {DEVICE_ID_HEADER} is missing."
        raise MissingParameter(message, field=DEVICE_ID_HEADER)
    if len(device_id) > LONGEST_DEVICE_ID or not device_id.isprintable():
        message = f"The header {DEVICE_ID_HEADER} must be printable, 1 to 256 characters."
        raise InvalidParameter(message, field=DEVICE_ID_HEADER)
    return device_id


def identity_of(request: HttpRequest) -> Identity:
    """Read the three headers of an established client."""
    user_id = request.headers.get(USER_ID_HEADER, "").strip() or "0"
    if not _DECIMAL.match(user_id) or int(user_id) >= 1 << 53:
        message = f"The header {USER_ID_HEADER} must be a decimal number below 2^53."
        raise InvalidParameter(message, field=USER_ID_HEADER)
    return Identity(
        device_id=device_id_of(request),
        user_id=UserId(int(user_id)) if int(user_id) else None,
        token=_token_of(request),
    )


def _token_of(request: HttpRequest) -> str:
    token = request.headers.get(TOKEN_HEADER, "").strip()
    if not token.isascii():
        message = f"The header {TOKEN_HEADER} must be ASCII, as every token of ours is."
        raise InvalidParameter(message, field=TOKEN_HEADER)
    return token


def country_of(request: HttpRequest) -> str:
    """The country that the app says it is in, two capital letters; empty when it tells none."""
    told = request.headers.get(COUNTRY_HEADER, "").strip()
    return told.upper() if _COUNTRY.match(told) else ""


def address_of(request: HttpRequest) -> str:
    """The client's IP address; what a proxy says of it counts only with the right secret."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    secret = request.headers.get("X-Lantern-Config-Auth-Token", "")
    if hmac.compare_digest(secret.encode(errors="replace"), settings.PROXY_FORWARD_SECRET.encode()):
        told = request.headers.get("X-Lantern-Config-Client-IP", "")
        try:
            return str(ip_address(told.strip()))
        except ValueError:
            return direct
    return direct
