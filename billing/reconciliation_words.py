"""What staff are told of the books at Stripe, held against ours."""

from typing import Any, Final

from django.contrib.admin.utils import quote
from django.urls import reverse

from billing.managers.reconciliation import count_dismissed, drift, place_of
from billing.services.walks import WALKS
from lantern_pro import clock
from lantern_pro.types import Millis

MOST_SHOWN: Final = 50
KINDS: Final = {
    "paid-not-pro": "paid at Stripe, and not Pro here; it is being repaired",
    "not-taken-back": "money went back, and the time has not; it is being repaired",
    "return-moved": "a refund or a dispute stands otherwise at Stripe; it is being looked at",
    "unknown-purchase": "it says that it is for a purchase that is not here",
    "renewal-not-given": "a renewal is paid at Stripe, and gave no time yet; it is being looked at",
    "stray-not-returned": "paid for a subscription whose owner had been erased, and not given back "
    "as a whole: it is tried again; if it stays, give it back at Stripe",
    "ended-at-stripe": "it has ended at Stripe, and not here yet; it is being looked at",
    "goes-on-at-stripe": "it goes on at Stripe, and not here; it is being looked at, or ended",
    "unknown-subscription": "it says that it is for a subscription that is not here",
    "subscribed-twice": "a second subscription for one of ours: end it at Stripe",
    "paid-twice": "a second payment of one purchase: give it back at Stripe",
    "no-account": "paid when its buyer had been erased: give it back at Stripe",
    "given-unknown": "paid here, and Stripe knows of no such payment",
    "given-not-paid": "paid here, and Stripe has its payment as not paid",
    "subscribed-unknown": "goes on here, and Stripe knows of no such subscription: its owner can "
    "neither change it nor subscribe anew; it can be ended on its page",
    "several-items": "it has several items at Stripe, or none, where we make one: what is paid for "
    "our plan is given, and its plan cannot be changed; leave our item alone in it, at Stripe",
    "unreadable": "it is of a form that is not known here; look at it at Stripe",
    "other-amount": "another amount was paid than was asked for",
}
"""What does not agree, in words for staff."""


def reconciliation_shown() -> dict[str, Any]:
    """What the page of purchases shows above its list."""
    open_ones = drift()
    walked = {name: place_of(name).done_until for name in WALKS}
    return {
        "walked_until": _minute(
            min(walked[name] or Millis(0) for name, walk in WALKS.items() if not walk.every_ms)
        ),
        "walks": [
            {"name": name.replace("_", " "), "until": _minute(until)}
            for name, until in walked.items()
        ],
        "drift": [
            {
                "object_id": each.object_id,
                "page": reverse("admin:billing_drift_change", args=(quote(each.row_id),)),
                "words": KINDS.get(each.kind, each.kind),
                "purchase": each.purchase,
                "since": _minute(each.first),
            }
            for each in open_ones[:MOST_SHOWN]
        ],
        "drift_count": len(open_ones),
        "dismissed_count": count_dismissed(),
    }


def _minute(at: Millis) -> str:
    return f"{clock.as_datetime(at):%Y-%m-%d %H:%M}" if at else "never"
