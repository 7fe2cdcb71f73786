"""What happens in a history: drawn by its seed, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 - harmless: the same again by a seed
from typing import Final

DAY: Final = 86_400
PRICE_MINOR: Final = 4800
YEAR: Final = "1y-usd-10"
MONTHLY: Final = ("1m-usd-10", "1m-usd-20")
LAST_DAYS: Final = 2
"""How long it is quiet at the end: reconciliation looks at some things only once a day."""
INVITED: Final = 0.7
SUBSCRIBES: Final = 0.35
REDEEMS: Final = 0.3
CARDS: Final = ("tok_visa", "tok_visa", "tok_visa", "tok_chargeDeclined")
LINES: Final = ("", "", "close_after", "close_before", "status_500")
"""What goes wrong with the call to Stripe: mostly nothing."""
UPDATES: Final = ((), (), ("cancel",), ("cancel", "resume"), (MONTHLY[1],))
"""What a subscriber has our API change at once."""
TIME_PASSES: Final = "time passes"
RETURNS: Final = (
    ("refund whole",),
    ("refund part",),
    ("refund part", "refund part"),
    ("dispute",),
    ("dispute", "win"),
    ("dispute", "lose"),
    ("refund part", "dispute", "lose"),
)
"""How money goes back."""
STORIES: Final = (
    (32, 32),
    ("card fails", 32, 3, 10, 29),
    ("card fails", 32, "card works", 5),
    ("card fails", 32, "pay invoice", 29),
    ("card fails", 32, "cancel", 5, "card works", 10),
    ("cancel", 10, "resume", 32),
    ("cancel", 32),
    (29, "end", 5),
    (2,),
)
"""What becomes of subscriptions; a number is of days that pass: less or more than a period,
a grace, the pause before a payment is tried again.
"""


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
    """A subscription that shall begin; unless it ``pays``, the first invoice stays unpaid."""

    user: int
    call: Call
    pays: bool
    updates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Redeeming:
    """A reseller's code that somebody redeems, and which ``other`` tries, too."""

    user: int
    other: int
    call: Call


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens at Stripe alone: to the ``about``th of what there is, as time goes."""

    what: str
    about: int = 0
    percent: int = 100
    days: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that happens in a history."""

    users: int
    invited: Mapping[int, int]
    purchases: Sequence[Purchase]
    subscriptions: Sequence[Subscribing]
    codes: Sequence[Redeeming]
    acts: Sequence[Act]


def draw(luck: Random) -> Facts:
    """Draw what happens."""
    users = luck.choice((1, 1, 2, 2, 3))
    invited = {user: luck.randrange(user) for user in range(1, users) if luck.random() < INVITED}
    purchases = [_purchase(luck, users) for _ in range(luck.choice((0, 1, 1, 2, 3)))]
    subscribers = [user for user in range(users) if luck.random() < SUBSCRIBES]
    if not (purchases or subscribers):
        purchases = [_purchase(luck, users)]
    return Facts(
        users=users,
        invited=invited,
        purchases=purchases,
        subscriptions=[_subscribing(luck, user) for user in subscribers],
        codes=[
            Redeeming(user, luck.randrange(users), _call(luck))
            for user in range(users)
            if luck.random() < REDEEMS
        ],
        acts=_acts(luck, with_subscriptions=bool(subscribers)),
    )


def _call(luck: Random) -> Call:
    return Call(luck.choice(LINES), luck.choice((1, 1, 2, 3)), luck.choice((False, False, True)))


def _purchase(luck: Random, users: int) -> Purchase:
    back = luck.choice((0, 0, 0, luck.randint(1, 99), 100))
    return Purchase(luck.randrange(users), luck.choice(CARDS), _call(luck), back, _call(luck))


def _subscribing(luck: Random, user: int) -> Subscribing:
    return Subscribing(user, _call(luck), luck.choice((True, True, True, False)),
                       luck.choice(UPDATES))  # fmt: skip


def _acts(luck: Random, *, with_subscriptions: bool) -> Sequence[Act]:
    """What becomes of a subscription, if there are any, and money that goes back meanwhile."""
    story = list[str | int](luck.choice(STORIES)) if with_subscriptions else []
    for _ in range(luck.choice((0, 1, 1, 2))):
        place = luck.randint(0, len(story))
        for what in luck.choice(RETURNS):
            story.insert(place, what)
            place = luck.randint(place + 1, len(story))
    story.append(LAST_DAYS)
    about = luck.randrange(6)
    return [
        Act(TIME_PASSES, days=each)
        if isinstance(each, int)
        else Act(each, about, luck.randint(1, 50) if each == "refund part" else 100)
        for each in story
    ]
