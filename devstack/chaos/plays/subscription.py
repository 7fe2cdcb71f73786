"""A subscription, from its first payment to its end, by Stripe's clock."""

import random  # noqa: TID251 - drawn again by its seed
from functools import partial
from typing import Any, Final

from devstack.chaos.clients.app import MONTH
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.counting.books import Books
from devstack.chaos.counting.reads import entries_of_kind, has_subscription, loans_after
from devstack.chaos.patience import patiently
from devstack.chaos.plays.mail import mails_in
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.settling import calm, hurried_until
from devstack.chaos.theatre import Theatre

_SURELY_TRIED: Final = 2 * 60 * 60
"""After the end of a period (s): its invoice is a draft for an hour."""


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let somebody subscribe, renew once, fail to renew, and have their subscription ended.

    Time passes at Stripe alone: what a period's payment gives is the same.
    """
    mark = mark_of(chance)
    owner, email = client(theatre, f"{mark}-owner", chance), f"{mark}@owner.example"
    await owner.sign_up()
    await owner.confirm()
    payment_intent = await owner.subscribe(MONTH, email)
    if not payment_intent:
        return [owner.facts]
    stripe = theatre.at_stripe
    await patiently(stripe.pay, payment_intent, "pm_card_visa")
    await _until_given(theatre, owner.facts, "purchase", 1)
    theatre.begin_act("renewal")
    await patiently(stripe.let_it_be, _end_of_period(theatre) + _SURELY_TRIED)
    await _until_given(theatre, owner.facts, "purchase", 2)
    await patiently(stripe.let_the_card_fail, _subscription(theatre))
    await calm(theatre.stage)
    theatre.begin_act("failure")
    await patiently(stripe.let_it_be, _end_of_period(theatre) + _SURELY_TRIED)
    await _until_given(theatre, owner.facts, "grace", 1)
    await mails_in(theatre, "mail_renewal_failed", email)
    await calm(theatre.stage)
    theatre.begin_act("end")
    await patiently(stripe.end, _subscription(theatre)["id"])
    await mails_in(theatre, "mail_subscription_ended", email)
    await calm(theatre.stage)
    owner.facts.claims += _claims(owner.facts, email, _last_paid(theatre))
    return [owner.facts]


async def _until_given(theatre: Theatre, facts: Facts, kind: str, times: int) -> None:
    await hurried_until(theatre.stage, lambda: entries_of_kind(facts.user_id, kind) >= times)
    await calm(theatre.stage)


def _subscription(theatre: Theatre) -> dict[str, Any]:
    [only] = theatre.vendors.at_stripe("subscription")
    return only


def _end_of_period(theatre: Theatre) -> int:
    [item] = _subscription(theatre)["items"]["data"]
    return int(item["current_period_end"])


def _last_paid(theatre: Theatre) -> str:
    paid = [each for each in theatre.vendors.at_stripe("invoice") if each["status"] == "paid"]
    return str(paid[-1]["id"]) if paid else ""


def _claims(facts: Facts, email: str, last_paid: str) -> list[Claim]:
    mails = {"send_receipt": 2, "mail_renewal_failed": 1, "mail_subscription_ended": 1}
    return [
        Claim("time for what was paid", lambda _: entries_of_kind(facts.user_id, "purchase"), 2),
        Claim("time lent after the last payment", lambda _: loans_after(facts.user_id, last_paid)),
        Claim("time that is lent for good", lambda _: _lent_for_good(facts.user_id), 0),
        *(
            Claim(f"{kind} to {email}", partial(_mails, kind, email), wanted)
            for kind, wanted in mails.items()
        ),
        Claim("payments of the subscription", lambda books: len(books.charges.get("", [])), 2),
        Claim("a subscription that goes on", lambda _: has_subscription(facts.user_id), 0),
    ]


def _lent_for_good(user_id: int) -> int:
    """Who looks while a renewal is on its way lends, too: each loan is taken back."""
    return entries_of_kind(user_id, "grace") - entries_of_kind(user_id, "grace_back")


def _mails(kind: str, to: str, books: Books) -> int:
    return len(books.texts(kind, to))


SUBSCRIPTION: Final = Piece(
    "subscription",
    frozenset({"look_at_subscription", "mail_renewal_failed", "mail_subscription_ended"}),
    play,
)
