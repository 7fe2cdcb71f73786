"""How often a call may be made: families of calls, and what each is counted by.

A view names its family (``limits = GUESSES``); calls of one family share their limits. A figure
is a setting, so that operators may turn it; docs/limits.md says why it is what it is.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MINUTE: Final = 60
HOUR: Final = 3_600
WEEK: Final = 168 * HOUR


class Scope(StrEnum):
    """What calls are counted by."""

    EVERYONE = "everyone"
    WIDE = "wide"
    """All of an IPv4 /16 or an IPv6 /32."""
    NETWORK = "network"
    """All of an IPv4 /24 or an IPv6 /48."""
    HOST = "host"
    """One IPv4 address or one IPv6 /64."""
    DEVICE = "device"
    """One device at one host: its id is no secret, so it must not lock its owner out elsewhere."""
    NAME = "name"
    """One name of staff, wherever it is tried from."""
    NAME_HERE = "name-here"
    """One name of staff from one host: others' tries must not lock its owner out."""
    GUESSED = "guessed"
    """The one thing that is guessed at, wherever the guess comes from."""
    USER = "user"
    """One account by one token: who names another's account without the token counts apart."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: ``times`` the setting's figure in the family's period.

    So many at once, too, but for ``burst``, the share of the period that may come at once.
    ``under_flood`` is the share of the figure that is left while everyone together are more than
    half way to their own limit.
    """

    scope: Scope
    setting: str
    times: float = 1
    burst: float = 1
    under_flood: float = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """A family of calls that is counted together; the limit of everyone comes first."""

    family: str
    seconds: int
    each: tuple[Limit, ...]


CALLS: Final = Limits(
    "calls",
    MINUTE,
    (
        Limit(Scope.WIDE, "CALLS_PER_MINUTE", times=5_000),
        Limit(Scope.NETWORK, "CALLS_PER_MINUTE", times=500),
        Limit(Scope.HOST, "CALLS_PER_MINUTE", times=100),
        Limit(Scope.DEVICE, "CALLS_PER_MINUTE"),
        Limit(Scope.USER, "CALLS_PER_MINUTE", times=3),
    ),
)
"""Any call that is of no other family."""

SIGN_UPS: Final = Limits(
    "sign-ups",
    HOUR,
    (
        Limit(Scope.EVERYONE, "SIGN_UPS_PER_HOUR", burst=1 / 6),
        Limit(Scope.WIDE, "SIGN_UPS_PER_NETWORK", times=10, under_flood=1 / 10),
        Limit(Scope.NETWORK, "SIGN_UPS_PER_NETWORK", under_flood=1 / 30),
        Limit(Scope.HOST, "SIGN_UPS_PER_NETWORK", times=1 / 4, under_flood=1 / 30),
        Limit(Scope.DEVICE, "SIGN_UPS_PER_NETWORK", times=1 / 50),
    ),
)
"""Calls that make accounts."""

GUESSES: Final = Limits(
    "guesses",
    HOUR,
    (
        Limit(Scope.EVERYONE, "GUESSES_PER_HOUR", times=1_000, burst=1 / 6),
        Limit(Scope.WIDE, "GUESSES_PER_HOUR", times=50, under_flood=1 / 10),
        Limit(Scope.NETWORK, "GUESSES_PER_HOUR", times=10, under_flood=1 / 10),
        Limit(Scope.HOST, "GUESSES_PER_HOUR", times=3, under_flood=1 / 3),
        Limit(Scope.DEVICE, "GUESSES_PER_HOUR"),
    ),
)
"""Calls by which somebody without the token could come to an account: codes, words, receipts."""

RECEIPTS: Final = Limits(
    "receipts",
    WEEK,
    (Limit(Scope.GUESSED, "RECEIPT_GUESSES_PER_WEEK"),),
)
"""Guesses at the card that a receipt was paid by, on top of ``GUESSES``."""

PAYMENTS: Final = Limits(
    "payments",
    HOUR,
    (
        Limit(Scope.WIDE, "PAYMENTS_PER_HOUR", times=100),
        Limit(Scope.NETWORK, "PAYMENTS_PER_HOUR", times=20),
        Limit(Scope.HOST, "PAYMENTS_PER_HOUR", times=5),
        Limit(Scope.USER, "PAYMENTS_PER_HOUR"),
    ),
)
"""Calls that try a card: who has a list of stolen ones tries them somewhere."""

MAILS: Final = Limits(
    "mails",
    HOUR,
    (
        Limit(Scope.EVERYONE, "MAILS_PER_HOUR", times=2_000, burst=1 / 6),
        Limit(Scope.WIDE, "MAILS_PER_HOUR", times=50, under_flood=1 / 10),
        Limit(Scope.NETWORK, "MAILS_PER_HOUR", times=10, under_flood=1 / 10),
        Limit(Scope.HOST, "MAILS_PER_HOUR", times=3, under_flood=1 / 3),
        Limit(Scope.DEVICE, "MAILS_PER_HOUR"),
    ),
)
"""Calls that send a mail to an address that the caller names."""

LOGINS: Final = Limits(
    "logins",
    HOUR,
    (
        Limit(Scope.WIDE, "LOGINS_PER_HOUR", times=50),
        Limit(Scope.NETWORK, "LOGINS_PER_HOUR", times=10),
        Limit(Scope.HOST, "LOGINS_PER_HOUR", times=3),
        Limit(Scope.NAME, "LOGINS_PER_HOUR", times=10),
        Limit(Scope.NAME_HERE, "LOGINS_PER_HOUR"),
    ),
)
"""Tries to log in to the back office."""

FAMILIES: Final = (CALLS, SIGN_UPS, GUESSES, RECEIPTS, PAYMENTS, MAILS, LOGINS)
