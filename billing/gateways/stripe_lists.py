"""Stripe's lists of what moved, page by page, the newest first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import stripe

from billing.errors import StripeUnreachable
from billing.gateways.base import ENDED, Returned
from billing.gateways.stripe_client import client, reaching, readable, said, unless_missing
from billing.gateways.stripe_returns import read_dispute, read_refund
from lantern_pro.types import Millis, Minor

PAGE: Final = 100
_ALL: Final = {"status": "all"}


@dataclass(frozen=True, slots=True)
class Listed:
    """Something that moved money, or will. ``purchase`` is what it says it is for; perhaps nothing.

    ``is_kept`` says of a charge that it was paid and not given back as a whole, of a subscription
    that it has not ended; ``returned`` is what a refund or a dispute is, None for all else.
    ``touched`` is another text whenever more of a charge went back, or its bank disputes it.
    ``items`` is of how many a subscription is; we make them of one.
    """

    object_id: str
    created: Millis
    payment_intent: str
    charge_id: str
    purchase: str
    amount: Minor
    is_kept: bool
    returned: Returned | None
    customer: str = ""
    touched: str = ""
    items: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; ``after`` is where the next one begins, empty when this is the last.

    ``unreadable`` are the ids of those that are of no form that we know.
    """

    items: list[Listed]
    after: str
    unreadable: tuple[str, ...] = ()


class CursorGone(Exception):
    """What a page was to begin after is at Stripe no more; the list is to be begun again."""


def charges(*, since: Millis, until: Millis, after: str) -> Page:
    """Charges that were made in a span of time."""
    return _page(client().v1.charges.list, read_charge, since, until, after)


def refunds(*, since: Millis, until: Millis, after: str) -> Page:
    """Refunds that were made in a span of time."""
    return _page(client().v1.refunds.list, _read_refund, since, until, after)


def disputes(*, since: Millis, until: Millis, after: str) -> Page:
    """Disputes that were opened in a span of time."""
    return _page(client().v1.disputes.list, _read_dispute, since, until, after)


def subscriptions(*, since: Millis, until: Millis, after: str) -> Page:
    """Subscriptions that began in a span of time, those that have ended among them."""
    return _page(client().v1.subscriptions.list, _read_subscription, since, until, after, _ALL)


def payments(*, since: Millis, until: Millis, after: str) -> Page:
    """Payments that were begun in a span of time, paid or not."""
    return _page(client().v1.payment_intents.list, read_payment, since, until, after)


def named(object_id: str) -> Listed | None:
    """One of them as it is now; None when Stripe knows none."""
    v1 = client().v1
    kinds: dict[str, tuple[Callable[[str], Any], Callable[[dict[str, Any]], Listed]]] = {
        "ch": (v1.charges.retrieve, read_charge),
        "py": (v1.charges.retrieve, read_charge),
        "re": (v1.refunds.retrieve, _read_refund),
        "pyr": (v1.refunds.retrieve, _read_refund),
        "dp": (v1.disputes.retrieve, _read_dispute),
        "sub": (v1.subscriptions.retrieve, _read_subscription),
        "du": (v1.disputes.retrieve, _read_dispute),
    }
    ask, read = kinds[object_id.partition("_")[0]]
    told = unless_missing(lambda: ask(object_id))
    return read(told) if told else None


def read_charge(told: dict[str, Any]) -> Listed:
    """A charge."""
    return Listed(
        object_id=str(told["id"]),
        created=Millis(int(told["created"]) * 1000),
        payment_intent=str(told.get("payment_intent") or ""),
        charge_id=str(told["id"]),
        purchase=said(told, "purchase"),
        amount=Minor(int(told["amount"])),
        is_kept=told["status"] == "succeeded" and not told["refunded"],
        returned=None,
        customer=str(told.get("customer") or ""),
        touched=f"{told['amount_refunded']}.{told['disputed']}",
    )


def read_payment(told: dict[str, Any]) -> Listed:
    """A payment, paid or not."""
    return Listed(
        object_id=str(told["id"]),
        created=Millis(int(told["created"]) * 1000),
        payment_intent=str(told["id"]),
        charge_id=str(told.get("latest_charge") or ""),
        purchase=said(told, "purchase"),
        amount=Minor(int(told["amount"])),
        is_kept=told["status"] == "succeeded",
        returned=None,
    )


def _read_subscription(told: dict[str, Any]) -> Listed:
    return Listed(
        object_id=str(told["id"]),
        created=Millis(int(told["created"]) * 1000),
        payment_intent="",
        charge_id="",
        purchase=said(told, "subscription"),
        amount=Minor(0),
        is_kept=told["status"] not in ENDED,
        returned=None,
        customer=str(told.get("customer") or ""),
        items=len(told["items"]["data"]),
    )


def _read_refund(told: dict[str, Any]) -> Listed:
    return _read_return(told, read_refund(told))


def _read_dispute(told: dict[str, Any]) -> Listed:
    return _read_return(told, read_dispute(told))


def _read_return(told: dict[str, Any], returned: Returned) -> Listed:
    return Listed(
        object_id=str(told["id"]),
        created=returned.at,
        payment_intent=str(told.get("payment_intent") or ""),
        charge_id=str(told.get("charge") or ""),
        purchase=said(told, "purchase"),
        amount=returned.minor,
        is_kept=True,
        returned=returned,
    )


def _page(
    ask: Callable[[Any], Any],
    read: Callable[[dict[str, Any]], Listed],
    since: Millis,
    until: Millis,
    after: str,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Page:
    asked: dict[str, Any] = {
        **more,
        "limit": PAGE,
        "created": {"gte": since // 1000, "lt": -(-until // 1000)},
    }
    if after:
        asked["starting_after"] = after
    try:
        with reaching(unknown=StripeUnreachable):
            told = ask(asked)
    except stripe.InvalidRequestError as error:
        if after and error.param == "starting_after":
            raise CursorGone from error
        raise
    items, unreadable = list[Listed](), list[str]()
    for each in told.data:
        item = readable(lambda one: read(one.to_dict()), each)
        if item is None:
            unreadable.append(str(each.id))
        else:
            items.append(item)
    goes_on = told.has_more and told.data
    return Page(items, str(told.data[-1].id) if goes_on else "", tuple(unreadable))
