"""A subscription by a promotion, from its first payment to its end, by Stripe's clock."""

import random  # noqa: TID251 - drawn again by its seed
from functools import partial
from typing import Any, Final

from devstack.chaos import world
from devstack.chaos.clients.app import MONTH
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.counting.books import Books
from devstack.chaos.counting.reads import (
    entries_of_kind,
    has_subscription,
    loans_after,
    state_of_subscription,
    uses_of,
)
from devstack.chaos.patience import patiently
from devstack.chaos.plays.mail import mails_in
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.settling import calm, hurried_until
from devstack.chaos.theatre import Theatre

_SURELY_TRIED: Final = 2 * 60 * 60
"""After the end of a period (s): its invoice is a draft for an hour."""
_GOOD_CARD: Final = "pm_card_visa"
_PROMOTION: Final = "autumn"
_FAILING_CARD: Final = "pm_card_chargeCustomerFail"


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let somebody subscribe, renew, fail to, pay late, win a dispute, fail again, and lose one.

    With that it ends. Time passes at Stripe alone: what a period's payment gives is the same.
    """
    await patiently(world.promote, _PROMOTION, uses=0)
    mark = mark_of(chance)
    owner, email = client(theatre, f"{mark}-owner", chance), f"{mark}@owner.example"
    await owner.sign_up()
    await owner.confirm()
    payment_intent = await owner.subscribe(f"{MONTH}-{_PROMOTION}", email)
    await patiently(world.let_holds_end, _PROMOTION)  # also of calls that were cut, and repeated
    if not payment_intent:
        return [owner.facts]
    stripe = theatre.at_stripe
    await patiently(stripe.pay, payment_intent, _GOOD_CARD)
    await _until_paid(theatre, owner.facts, 1)
    theatre.begin_act("renewal")
    await patiently(stripe.let_it_be, _end_of_period(theatre) + _SURELY_TRIED)
    await _until_paid(theatre, owner.facts, 2)
    before_first = await _let_it_fail(theatre, owner.facts, email, 1)
    await _let_it_be_paid_late(theatre, owner.facts)
    await _let_it_be_disputed(theatre, owner.facts)
    before_second = await _let_it_fail(theatre, owner.facts, email, 2)
    theatre.begin_act("dispute-lost")
    await patiently(stripe.lose, await _dispute(theatre, 1))
    await mails_in(theatre, "mail_subscription_ended", email)
    await calm(theatre.stage)
    owner.facts.claims += _claims(owner.facts, email, (before_first, before_second))
    return [owner.facts]


async def _let_it_fail(theatre: Theatre, facts: Facts, email: str, times: int) -> str:
    """Let a renewal fail, for the first time or once more; the invoice that was paid last."""
    stripe, paid = theatre.at_stripe, _last_paid(theatre)
    await patiently(stripe.use_card, _subscription(theatre), _FAILING_CARD)
    await calm(theatre.stage)
    theatre.begin_act("failure")
    await patiently(stripe.let_it_be, _end_of_period(theatre) + _SURELY_TRIED)
    await hurried_until(theatre.stage, lambda: loans_after(facts.user_id, paid))
    await mails_in(theatre, "mail_renewal_failed", email, mails=times)
    await calm(theatre.stage)
    return paid


async def _let_it_be_paid_late(theatre: Theatre, facts: Facts) -> None:
    """Let Stripe try a renewal again that failed, with a better card."""
    stripe = theatre.at_stripe
    await patiently(stripe.use_card, _subscription(theatre), _GOOD_CARD)
    await calm(theatre.stage)
    theatre.begin_act("paid-late")
    await patiently(stripe.let_it_be, _next_attempt(theatre))
    await _until_paid(theatre, facts, 3)
    left = await patiently(_lent_for_good, facts.user_id)
    facts.claims.append(Claim("time still lent when it was paid late", lambda _: left, 0))


async def _let_it_be_disputed(theatre: Theatre, facts: Facts) -> None:
    """Let the owner's bank take a payment back, and then decide for us."""
    theatre.begin_act("disputed")
    dispute = await _dispute(theatre, 2)
    await _until_it_is(theatre, facts, "ending")
    theatre.begin_act("dispute-won")
    await patiently(theatre.at_stripe.win, dispute)
    await _until_it_is(theatre, facts, "active")


async def _dispute(theatre: Theatre, number: int) -> str:
    """Let a bank take back one of the payments; the dispute's id."""
    charge = [each for each in theatre.vendors.at_stripe("charge") if each["paid"]][number]
    opened = await patiently(theatre.at_stripe.dispute, charge["id"], charge["amount"])
    return str(opened)


async def _until_it_is(theatre: Theatre, facts: Facts, state: str) -> None:
    await hurried_until(theatre.stage, lambda: state_of_subscription(facts.user_id) == state)
    await calm(theatre.stage)


async def _until_paid(theatre: Theatre, facts: Facts, times: int) -> None:
    await hurried_until(theatre.stage, lambda: entries_of_kind(facts.user_id, "purchase") >= times)
    await calm(theatre.stage)


def _subscription(theatre: Theatre) -> dict[str, Any]:
    [only] = theatre.vendors.at_stripe("subscription")
    return only


def _end_of_period(theatre: Theatre) -> int:
    [item] = _subscription(theatre)["items"]["data"]
    return int(item["current_period_end"])


def _next_attempt(theatre: Theatre) -> int:
    invoices = theatre.vendors.at_stripe("invoice")
    return max(each["next_payment_attempt"] or 0 for each in invoices)


def _last_paid(theatre: Theatre) -> str:
    paid = [each for each in theatre.vendors.at_stripe("invoice") if each["status"] == "paid"]
    return str(paid[-1]["id"]) if paid else ""


def _claims(facts: Facts, email: str, paid: tuple[str, str]) -> list[Claim]:
    mails = {"send_receipt": 3, "mail_renewal_failed": 2, "mail_subscription_ended": 1}
    return [
        Claim("time for what was paid", lambda _: entries_of_kind(facts.user_id, "purchase"), 3),
        *(Claim(f"time lent after {invoice}", partial(_loans, facts, invoice)) for invoice in paid),
        Claim("time that is lent for good", lambda _: _lent_for_good(facts.user_id), 0),
        *(
            Claim(f"{kind} to {email}", partial(_mails, kind, email), wanted)
            for kind, wanted in mails.items()
        ),
        Claim("payments of the subscription", lambda books: len(books.charges.get("", [])), 3),
        Claim("payments for less", _for_less),
        Claim("uses for good", lambda _: uses_of(_PROMOTION, paid=True)),
        Claim("uses that came to nothing", lambda _: uses_of(_PROMOTION, paid=False), 0),
        Claim("disputes", lambda _: entries_of_kind(facts.user_id, "dispute"), 2),
        Claim("disputes won", lambda _: entries_of_kind(facts.user_id, "restored")),
        Claim("a subscription that goes on", lambda _: has_subscription(facts.user_id), 0),
    ]


def _lent_for_good(user_id: int) -> int:
    """Who looks while a renewal is on its way lends, too: each loan is taken back."""
    return entries_of_kind(user_id, "grace") - entries_of_kind(user_id, "grace_back")


def _for_less(books: Books) -> int:
    amounts = [each["amount"] for each in books.charges.get("", [])]
    return sum(each < max(amounts) for each in amounts)


def _loans(facts: Facts, invoice: str, _books: Books) -> int:
    return loans_after(facts.user_id, invoice)


def _mails(kind: str, to: str, books: Books) -> int:
    return len(books.texts(kind, to))


SUBSCRIPTION: Final = Piece(
    "subscription",
    frozenset(
        {
            "keep_promotion_use",
            "look_at_subscription",
            "mail_renewal_failed",
            "mail_subscription_ended",
        }
    ),
    play,
    also=frozenset({"pro-server:billing/hold_promotion", "worker:GET /v1/disputes"}),
)
