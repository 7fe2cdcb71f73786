"""Linking a device by a code: asked for on the new device, approved on one of the account.

What a guess could gain, and what it costs, is reckoned in docs/accounts.md.
"""

import secrets
from typing import Final

from django.conf import settings

from accounts import managers
from accounts.errors import (
    DeviceWasRemoved,
    LinkCodePending,
    LinkCodesBusy,
    MissingCredentials,
    TooManyTries,
    WrongCredentials,
    WrongLinkCode,
)
from accounts.managers import Credentials, LinkAsk, LinkCode, link_codes
from accounts.managers.link_codes import Approval
from accounts.services.authentication import authenticate_reader
from accounts.services.devices import LONGEST_NAME, check_room, join_by_grant
from accounts.services.personal import lookup_hash
from lantern_pro import clock
from lantern_pro.types import Millis, UserId

LIFE_MS: Final = 5 * 60 * 1000
LEAST_LEFT_MS: Final = 60 * 1000
"""Clients use a code again until it has less left (docs/protocol.md)."""
GRANT_MS: Final = 3 * LIFE_MS
CODES: Final = 1_000_000
MOST_OPEN: Final = 10_000
"""Codes that wait at once, in all cells: one in a hundred of all."""
LEAST_OPEN: Final = 20
MOST_REDEEM_TRIES: Final = 5
MOST_TRIES: Final = 10
MOST_TRIES_OF_ALL: Final = 600
TRIES_SPAN_MS: Final = 60 * 60 * 1000
_DRAWS: Final = 50

Askers = tuple[str, ...]
"""Keyed hashes of who asks, the one that says most first."""


def who_asks(*, user_id: UserId | None, token: str, device_id: str, address: str) -> Askers:
    """Who asks: the device with its own account, if it has one; and the device at its address.

    A device id is no secret. So a code is good for whoever can show what was shown when it was
    asked for.
    """
    askers = (lookup_hash("link", f"{device_id}|at {address}"),)
    try:
        known = authenticate_reader(user_id=user_id, token=token, device_id=device_id)
    except (MissingCredentials, WrongCredentials, DeviceWasRemoved):
        return askers
    return (lookup_hash("link", f"{device_id}|of {known.user_id}"), *askers)


def request_link_code(askers: Askers, *, name: str) -> LinkCode:
    """Give a device a code; the same again while it is good for a minute or longer."""
    digest = askers[0]
    ask = LinkAsk(digest, secrets.token_hex(16), name[:LONGEST_NAME])
    for _ in range(_DRAWS):
        now = clock.now()
        given = link_codes.request_link_code(
            ask=ask,
            new=LinkCode(_draw(digest), Millis(now + LIFE_MS)),
            now=now,
            life_ms=LIFE_MS,
            least_left_ms=LEAST_LEFT_MS,
            most_open=max(LEAST_OPEN, MOST_OPEN // settings.CELLS),
        )
        if isinstance(given, LinkCode):
            return given
        if given == "crowded":
            break
    raise LinkCodesBusy


def approve_link_code(*, user_id: UserId, code: str) -> None:
    """Let the device that asks by a code join the account.

    ``TooManyDevices`` when there is no place for it: so the owner learns it, and not the device.
    """
    if not managers.take_try(
        user_id=user_id,
        most=MOST_TRIES,
        everyones_most=MOST_TRIES_OF_ALL,
        span_ms=TRIES_SPAN_MS,
    ):
        raise TooManyTries
    ask = link_codes.find_link_ask(code) if _is_code(code) else None
    if ask is None:
        raise WrongLinkCode(field="code")
    managers.give_back_try(user_id=user_id)
    check_room(user_id, name=ask.name)
    managers.give_grant(user_id=user_id, nonce=ask.nonce, life_ms=GRANT_MS)
    if not link_codes.approve_link_code(ask=ask, code=code, user_id=user_id):
        raise WrongLinkCode(field="code")


def redeem_link_code(
    askers: Askers, *, device_id: str, code: str, name: str, place: str
) -> Credentials:
    """Join the account that approved the device's code; ``LinkCodePending`` until one does."""
    approval = _approval(askers, code)
    return join_by_grant(
        user_id=approval.user_id,
        nonce=approval.nonce,
        device_id=device_id,
        name=name or approval.name,
        place=place,
    )


def _approval(askers: Askers, code: str) -> Approval:
    found = [
        link_codes.redeem_link_code(digest=digest, code=code, most_tries=MOST_REDEEM_TRIES)
        for digest in askers
    ]
    for each in found:
        if isinstance(each, Approval):
            return each
    raise LinkCodePending if "pending" in found else WrongLinkCode(field="code")


def _draw(digest: str) -> str:
    """A random code that leads to the cell of who asks."""
    cells = settings.CELLS
    number = secrets.randbelow(CODES // cells) * cells + link_codes.cell_of_asker(digest)
    return f"{number:06}"


def _is_code(code: str) -> bool:
    return len(code) == len(str(CODES)) - 1 and code.isascii() and code.isdigit()
