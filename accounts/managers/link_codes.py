"""How codes that link a device are stored: one function a script, and plain reads.

A code and the device that asks by it lie in one cell, which both name: the hash of who asks
chooses it, and of the codes those are drawn whose number leads there.
"""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings

from accounts.keys import LINK_ASK, LINK_CODE, LINK_CODES, WRONG_CODES, WRONG_CODES_OF
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell, Millis, UserId

Attempt = Literal["code_taken", "crowded"]


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A code and the moment at which it ends."""

    code: str
    until: Millis


@dataclass(frozen=True, slots=True)
class LinkAsk:
    """A device that asks to be linked, by the hash of who asks."""

    digest: str
    nonce: str
    name: str


@dataclass(frozen=True, slots=True)
class Approval:
    """The account that a device may join, by the grant of this nonce."""

    user_id: UserId
    nonce: str
    name: str


def request_link_code(
    *, ask: LinkAsk, new: LinkCode, now: Millis, life_ms: int, least_left_ms: int, most_open: int
) -> LinkCode | Attempt:
    """Give a device a code, or find the one that it has."""
    cell = cell_of_asker(ask.digest)
    outcome = script("accounts/request_link_code")(
        ask=LINK_ASK(digest=ask.digest, cell=cell),
        link_code=LINK_CODE(code=new.code, cell=cell),
        link_codes=LINK_CODES(cell=cell),
        digest=ask.digest,
        code=new.code,
        nonce=ask.nonce,
        name=ask.name,
        now=now,
        life_ms=life_ms,
        least_left_ms=least_left_ms,
        most_open=most_open,
    )
    match outcome:
        case ["given"]:
            return new
        case ["known", code, until]:
            return LinkCode(str(code), Millis(int(str(until))))
        case ["code_taken"]:
            return "code_taken"
        case ["crowded"]:
            return "crowded"
    raise AssertionError(outcome)


def find_link_ask(code: str) -> LinkAsk | None:
    """Who asks by a code; None when nobody does."""
    cell = cell_of_code(code)
    digest = text_client().get(LINK_CODE(code=code, cell=cell))
    if digest is None:
        return None
    nonce, name = text_client().hmget(LINK_ASK(digest=digest, cell=cell), ["nonce", "name"])
    return LinkAsk(digest, nonce, name) if nonce else None


def approve_link_code(*, ask: LinkAsk, code: str, user_id: UserId) -> bool:
    """Let a device join an account; False when the code is none, or another account's."""
    cell = cell_of_code(code)
    outcome = script("accounts/approve_link_code")(
        link_code=LINK_CODE(code=code, cell=cell),
        ask=LINK_ASK(digest=ask.digest, cell=cell),
        digest=ask.digest,
        code=code,
        nonce=ask.nonce,
        user_id=user_id,
    )
    match outcome:
        case ["approved"]:
            return True
        case ["wrong"]:
            return False
    raise AssertionError(outcome)


def redeem_link_code(
    *, digest: str, code: str, most_tries: int
) -> Approval | Literal["pending", "wrong"]:
    """Look whether a device's code was approved."""
    outcome = script("accounts/redeem_link_code")(
        ask=LINK_ASK(digest=digest, cell=cell_of_asker(digest)), code=code, most_tries=most_tries
    )
    match outcome:
        case ["approved", user_id, nonce, name]:
            return Approval(UserId(int(str(user_id))), str(nonce), str(name))
        case ["pending"]:
            return "pending"
        case ["wrong"]:
            return "wrong"
    raise AssertionError(outcome)


def take_try(*, user_id: UserId, most: int, everyones_most: int, span_ms: int) -> bool:
    """Count an account's try at a code; False when it has had too many."""
    outcome = script("accounts/take_try")(
        mine=WRONG_CODES_OF(user_id=user_id),
        everyones=WRONG_CODES(cell=cell_of(user_id)),
        most=most,
        everyones_most=everyones_most,
        span_ms=span_ms,
    )
    match outcome:
        case ["taken"]:
            return True
        case ["spent"]:
            return False
    raise AssertionError(outcome)


def give_back_try(*, user_id: UserId) -> None:
    """Give a try back: the code was right."""
    script("accounts/give_back_try")(
        mine=WRONG_CODES_OF(user_id=user_id), everyones=WRONG_CODES(cell=cell_of(user_id))
    )


def cell_of_asker(digest: str) -> Cell:
    """The cell that the hash of who asks chooses."""
    return Cell(int(digest[:8], 16) % settings.CELLS)


def cell_of_code(code: str) -> Cell:
    """The cell that a code leads to."""
    return Cell(int(code) % settings.CELLS)
