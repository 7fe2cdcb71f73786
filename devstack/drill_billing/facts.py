"""What happens in a history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

DAY: Final = 86_400
PRICE_MINOR: Final = 4800
YEAR: Final = "1y-usd-10"
MONTHLY_MINOR: Final = {"1m-usd-10": 500, "1m-usd-20": 501}
MONTHLY: Final = tuple(MONTHLY_MINOR)
TIME_PASSES: Final = "time passes"
ALL_SETTLES: Final = "all settles"
"""Everybody who has something to do here has done it, before what follows."""
PAGE: Final = "page"
BANK: Final = "bank"
PROMOTION: Final = "spring"
COUPON: Final = "SPRING-27"


@dataclass(frozen=True, slots=True)
class Call:
    """How a client's call goes: what becomes of the line to Stripe, how often the client taps.

    With ``crashes`` the process that answers the first one may end amid it.
    """

    line: str
    taps: int
    crashes: bool


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase that shall happen, and the part of it that staff give back, in percent."""

    user: int
    card: str
    call: Call
    staff_refund: int
    refund_call: Call


@dataclass(frozen=True, slots=True)
class Subscribing:
    """A subscription that shall begin; unless it ``pays``, the first invoice stays unpaid.

    With ``other_first`` the subscriber has asked for another plan before, by the same coupon.
    """

    user: int
    call: Call
    pays: bool
    updates: tuple[str, ...]
    coupon: bool
    on_page: bool
    other_first: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A purchase that waits for its buyer: on a page of Stripe's, or at their bank.

    It is begun before what is bought by card, or, if it is ``late``, afterwards.
    """

    user: int
    at: str
    late: bool
    call: Call


@dataclass(frozen=True, slots=True)
class Redeeming:
    """A reseller's code that somebody redeems, and which ``other`` tries, too."""

    user: int
    other: int
    call: Call


@dataclass(frozen=True, slots=True)
class Promoted:
    """What a coupon is for: less to pay, or months on top; ``uses`` is how many, 0 for any."""

    percent: int = 0
    months: int = 0
    first: bool = False
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens at Stripe alone: to the ``about``th of what there is, as time goes.

    ``those`` are the numbers of what waits that is paid, or not, in one moment.
    """

    what: str
    about: int = 0
    percent: int = 100
    days: int = 0
    those: tuple[int, ...] = ()

    @property
    def settles(self) -> bool:
        """Whether all that is to be done here is done before it."""
        return bool(self.days) or self.what == ALL_SETTLES


@dataclass(frozen=True, slots=True)
class Facts:
    """All that happens in a history."""

    users: int
    invited: Mapping[int, int]
    purchases: Sequence[Purchase]
    waiting: Sequence[Waiting]
    promotion: Promoted
    subscriptions: Sequence[Subscribing]
    codes: Sequence[Redeeming]
    acts: Sequence[Act]
