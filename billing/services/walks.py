"""The lists that are walked: Stripe's, and what is given here; each how often and how far back.

To add a list, add a ``Walk``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from billing.gateways import stripe_lists
from billing.gateways.stripe_lists import Listed, Page
from billing.managers import reconciliation as kept
from billing.services import given
from billing.services.differences import (
    Finding,
    look_at_given,
    look_at_payment,
    look_at_return,
    look_at_subscribed,
    look_at_subscription,
)
from lantern_pro.types import Millis

MINUTE_MS: Final = 60_000
DAY_MS: Final = 24 * 60 * MINUTE_MS
GRACE_MS: Final = MINUTE_MS
"""How young a payment may be to be left to the call that makes it."""
OVERLAP_MS: Final = 60 * MINUTE_MS
"""How much of the last window is looked at again: clocks differ, and lists may lag."""
LONGEST_DISPUTE_MS: Final = 120 * DAY_MS
LONGEST_LIFE_MS: Final = 20 * 365 * DAY_MS
PAGES_AT_ONCE: Final = 20
FEWEST_OF_OURS: Final = 4
MOST_OF_OURS: Final = 20
"""Pages of what is given here that a turn walks: each thing on them is a question to Stripe.

So a turn of such a walk asks 200 questions at most, one after another, in 20 seconds at most.
Stripe answers 25 a second of one kind: https://docs.stripe.com/rate-limits
"""


@dataclass(frozen=True, slots=True)
class Walk:
    """One list of Stripe's. ``look`` answers what does not agree, None when all does.

    A window begins every ``every_ms``. It goes back by ``back_ms``, or, where that is 0, to the
    end of the window before. A turn walks ``PAGES_AT_ONCE`` at most; of rows of ours, which
    ``rows`` counts, so many that half of a window's turns are enough.
    """

    page: Callable[..., Page]
    look: Callable[[Listed], Finding | None]
    every_ms: int = 0
    back_ms: int = 0
    rows: Callable[[Millis, Millis], int] | None = None

    def pages(self, place: kept.Place) -> int:
        """How many pages a turn walks, at this place."""
        if self.rows is None:
            return PAGES_AT_ONCE
        return pages_of_ours(self.rows(place.since, place.until), every_ms=self.every_ms)

    def window(self, place: kept.Place, now: Millis) -> tuple[Millis, Millis] | None:
        """The next span of time to walk; None when it is not time yet."""
        if now - place.begun < self.every_ms:
            return None
        until = Millis(now - GRACE_MS)
        back = self.back_ms or now - (place.done_until or now - DAY_MS) + OVERLAP_MS
        return Millis(now - back), until


def pages_of_ours(rows: int, *, every_ms: int) -> int:
    """In how many pages a turn walks over rows of ours, to be done before the next window begins.

    Turns are a minute apart. It is done in half of them, so that some may be missed; where
    ``MOST_OF_OURS`` do not let it, in all of them as far as they reach.
    """
    turns = max(every_ms // MINUTE_MS // 2, 1)
    wanted = -(-rows // (turns * given.PAGE))
    return min(max(wanted, FEWEST_OF_OURS), MOST_OF_OURS)


_GIVEN: Final = Walk(
    given.purchases_given,
    look_at_given,
    every_ms=DAY_MS,
    back_ms=3 * DAY_MS,
    rows=kept.count_purchases,
)
WALKS: Final[Mapping[str, Walk]] = {
    "payments": Walk(stripe_lists.charges, look_at_payment),
    "refunds": Walk(stripe_lists.refunds, look_at_return),
    "disputes": Walk(stripe_lists.disputes, look_at_return),
    "subscriptions": Walk(
        stripe_lists.subscriptions, look_at_subscription, every_ms=DAY_MS, back_ms=LONGEST_LIFE_MS
    ),
    "given": _GIVEN,
    "old_given": replace(_GIVEN, every_ms=30 * DAY_MS, back_ms=LONGEST_DISPUTE_MS),
    "subscribed": Walk(
        given.subscriptions_that_go_on,
        look_at_subscribed,
        every_ms=DAY_MS,
        back_ms=LONGEST_LIFE_MS,
        rows=kept.count_subscriptions,
    ),
    "old_refunds": Walk(stripe_lists.refunds, look_at_return, every_ms=DAY_MS, back_ms=30 * DAY_MS),
    "old_disputes": Walk(
        stripe_lists.disputes, look_at_return, every_ms=DAY_MS, back_ms=LONGEST_DISPUTE_MS
    ),
}
"""Refunds, disputes and subscriptions change long after they were made; so they are walked again
each day. A renewal is a charge, and found within minutes as any other. What is given here is held
against Stripe once or twice soon after, and every month while money may still go back; each
subscription that goes on here, once a day."""
