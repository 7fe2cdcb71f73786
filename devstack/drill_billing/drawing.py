"""Drawing what happens in a history: by its seed, and nothing else."""

from collections.abc import Sequence
from random import Random  # noqa: TID251 - harmless: the same again by a seed
from typing import Final

from devstack.drill_billing.facts import (
    ALL_SETTLES,
    BANK,
    MONTHLY,
    PAGE,
    TIME_PASSES,
    Act,
    Call,
    Facts,
    Promoted,
    Purchase,
    Redeeming,
    Subscribing,
    Waiting,
)

LAST_DAYS: Final = 2
"""How long it is quiet at the end: reconciliation looks at some things only once a day."""
INVITED: Final = 0.7
IS_CONTESTED: Final = 0.5
HAS_COUPON: Final = 0.5
ON_PAGE: Final = 0.3
CHANGES_THEIR_MIND: Final = 0.2
SUBSCRIBES: Final = 0.5
REDEEMS: Final = 0.3
CARDS: Final = ("tok_visa", "tok_visa", "tok_visa", "tok_chargeDeclined")
LINES: Final = ("", "", "close_after", "close_before", "status_500")
"""What goes wrong with the call to Stripe: mostly nothing."""
UPDATES: Final = ((), (), ("cancel",), ("cancel", "resume"), (MONTHLY[1],))
"""What a subscriber has our API change at once."""
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
CONTESTS: Final = (
    ("contest", 5, "bank for us", 32),
    ("contest", 5, "bank against us", 32),
    ("contest", 32, "bank for us", 5),
    (32, "contest", 32, "bank against us", 5),
    ("contest", 5),
    ("contest", 40),
    ("card fails", "contest", 40),
    ("contest", "bank for us", 32),
    ("contest", "bank against us", 32),
    ("contest", "cancel", 5, "bank for us", 32),
    ("cancel", "contest", 5, "bank for us", 32),
    ("contest", 3, "resume", 5, "bank for us", 32),
    ("contest", 3, "cancel", "resume", 5, "bank for us", 32),
    ("contest", 5, "end", "bank for us", 5),
    (32, "contest", 5, "bank for us", 32, "contest", 3, "bank against us", 5),
    ("card fails", 32, "contest", 2, "bank for us", "card works", 10),
    ("card fails", 32, "contest", 2, "bank against us", "card works", 10),
    ("card fails", 32, "contest", "pay invoice", 2, "bank for us", 32),
)
"""What becomes of subscriptions of which a payment is disputed."""
PROMOTIONS: Final = (
    Promoted(percent=40),
    Promoted(months=2),
    Promoted(percent=40, months=1),
    Promoted(percent=40, months=1, first=True),
    Promoted(percent=40, uses=1),
)


def draw(luck: Random) -> Facts:
    """Draw what happens."""
    users = luck.choice((1, 1, 2, 2, 3))
    invited = {user: luck.randrange(user) for user in range(1, users) if luck.random() < INVITED}
    purchases = [_purchase(luck, users) for _ in range(luck.choice((0, 1, 1, 2, 3)))]
    subscribers = [user for user in range(users) if luck.random() < SUBSCRIBES]
    waiting = _all_waiting(luck, users)
    if not (purchases or subscribers or waiting):
        purchases = [_purchase(luck, users)]
    return Facts(
        users=users,
        invited=invited,
        purchases=purchases,
        waiting=waiting,
        promotion=luck.choice(PROMOTIONS),
        subscriptions=[_subscribing(luck, user) for user in subscribers],
        codes=[
            Redeeming(user, luck.randrange(users), _call(luck))
            for user in range(users)
            if luck.random() < REDEEMS
        ],
        acts=[
            *_what_waits_ends(luck, len(waiting)),
            *_acts(luck, with_subscriptions=bool(subscribers)),
        ],
    )


def _call(luck: Random) -> Call:
    return Call(luck.choice(LINES), luck.choice((1, 1, 2, 3)), luck.choice((False, False, True)))


def _purchase(luck: Random, users: int) -> Purchase:
    back = luck.choice((0, 0, 0, luck.randint(1, 99), 100))
    return Purchase(luck.randrange(users), luck.choice(CARDS), _call(luck), back, _call(luck))


def _all_waiting(luck: Random, users: int) -> Sequence[Waiting]:
    """What waits: most often of one buyer, so that what is paid first overtakes the others."""
    buyer = luck.randrange(users)
    return [
        Waiting(
            luck.choice((buyer, buyer, luck.randrange(users))),
            luck.choice((PAGE, PAGE, BANK)),
            luck.choice((False, True)),
            _call(luck),
        )
        for _ in range(luck.choice((0, 0, 1, 2, 2, 3)))
    ]


def _subscribing(luck: Random, user: int) -> Subscribing:
    return Subscribing(
        user,
        _call(luck),
        luck.choice((True, True, True, False)),
        luck.choice(UPDATES),
        coupon=luck.random() < HAS_COUPON,
        on_page=luck.random() < ON_PAGE,
        other_first=luck.random() < CHANGES_THEIR_MIND,
    )


def _what_waits_ends(luck: Random, count: int) -> Sequence[Act]:
    """What becomes of it: some is paid, some refused, in one moment or after one another.

    Whoever pays after all has settled finds closed what the first payment has overtaken. What is
    paid in the same moment counts, too.
    """
    if not count:
        return []
    one, *others = luck.sample(range(count), count)
    settles, pays, refuses = Act(ALL_SETTLES), Act("pay", those=(one,)), Act("refuse", those=(one,))
    other_pays = Act("pay", those=tuple(others[:1]))
    stories: Sequence[Sequence[Act]] = (
        [],
        [pays],
        [Act("pay", those=(one, *others))],
        [pays, settles, other_pays],
        [refuses],
        [refuses, other_pays],
        [refuses, settles, pays],
    )
    return luck.choice(stories)


def _acts(luck: Random, *, with_subscriptions: bool) -> Sequence[Act]:
    """What becomes of a subscription, if there are any, and money that goes back meanwhile."""
    stories = CONTESTS if luck.random() < IS_CONTESTED else STORIES
    story = list[str | int](luck.choice(stories)) if with_subscriptions else []
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
