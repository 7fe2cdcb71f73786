"""The lists that are walked: Stripe's, and what is given here; each how often and how far back.

To add a list, add a ``Walk``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from billing.gateways import stripe_lists
from billing.gateways.stripe_lists import Listed, Page
from billing.managers import reconciliation as kept
from billing.services.differences import (
    Finding,
    look_at_given,
    look_at_payment,
    look_at_return,
    look_at_subscribed,
    look_at_subscription,
)
from billing.services.given import purchases_given, subscriptions_that_go_on
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
GIVEN_AT_ONCE: Final = 4
"""Pages of what is given here: each thing on them is a question to Stripe."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One list of Stripe's. ``look`` answers what does not agree, None when all does.

    A window begins every ``every_ms``. It goes back by ``back_ms``, or, where that is 0, to the
    end of the window before. A turn walks ``pages`` at most.
    """

    page: Callable[..., Page]
    look: Callable[[Listed], Finding | None]
    every_ms: int = 0
    back_ms: int = 0
    pages: int = PAGES_AT_ONCE

    def window(self, place: kept.Place, now: Millis) -> tuple[Millis, Millis] | None:
        """The next span of time to walk; None when it is not time yet."""
        if now - place.begun < self.every_ms:
            return None
        until = Millis(now - GRACE_MS)
        back = self.back_ms or now - (place.done_until or now - DAY_MS) + OVERLAP_MS
        return Millis(now - back), until


_GIVEN: Final = Walk(
    purchases_given, look_at_given, every_ms=DAY_MS, back_ms=3 * DAY_MS, pages=GIVEN_AT_ONCE
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
        subscriptions_that_go_on,
        look_at_subscribed,
        every_ms=DAY_MS,
        back_ms=LONGEST_LIFE_MS,
        pages=GIVEN_AT_ONCE,
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
