"""What must be, told by Stripe's books and by what was drawn, and not by what our code makes of it.

The four ways of telling are held against one another; here each is held against what has happened.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from billing.keys import PROMOTION_USES
from billing.managers.promotions import CATALOGUE_CELL
from billing.models import Drift, Purchase
from billing.subscription import Subscription
from devstack.drill_billing import books
from devstack.drill_billing.acts import PAYS, Stage
from devstack.drill_billing.clients import App
from devstack.drill_billing.facts import MONTHLY_MINOR, PROMOTION
from devstack.standin import Object
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs.models import Job
from lantern_pro.store.client import text_client

OVER: Final = frozenset({"canceled", "incomplete_expired"})


def nothing_overtaken_is_open(standin: StripeStandin) -> Iterator[str]:
    """Who has paid once can pay by nothing that they had begun before; all having settled."""
    paid_at = dict[str, int]()
    for charge in books.charges(standin):
        if user := _buyer_of(standin, charge):
            paid_at[user] = max(charge["created"], paid_at.get(user, 0))
    for each in _what_can_be_paid(standin):
        if each["created"] <= paid_at.get(each["metadata"]["user"], 0):
            yield f"{each['id']} is open, and its buyer has paid for something else"


def _buyer_of(standin: StripeStandin, charge: Object) -> str:
    """Who has paid once, or for the first time; nobody for a renewal."""
    invoice = books.invoice_of(standin, charge)
    paid = standin.journal.get(charge["payment_intent"])
    if invoice and invoice["billing_reason"] == books.FIRST:
        paid = standin.journal.get(books.subscription_of(invoice))
    return str((paid or {})["metadata"].get("user", ""))


def _what_can_be_paid(standin: StripeStandin) -> Iterator[Object]:
    """What a buyer could go on with: a page, a payment at their bank, a first invoice."""
    waits = {
        "checkout.session": "open",
        "payment_intent": "requires_action",
        "subscription": "incomplete",
    }
    for kind, status in waits.items():
        for each in standin.journal.all(kind):
            if each["status"] == status and "user" in each["metadata"]:
                yield each


def all_is_as_it_must_be(stage: Stage, apps: Sequence[App]) -> Iterator[str]:
    """What must be at the end of each way."""
    yield from _what_is_paid_is_known(stage.standin)
    for each in stage.standin.journal.all("subscription"):
        yield from _is_known(each)
        yield from _is_not_charged_while_contested(stage, each)
        yield from _goes_on_or_has_a_reason(stage, each)
    yield from _promotions_are_for_the_first_period(stage, apps)
    for state in ("pending", "leased", "dead"):
        for job in Job.objects.filter(state=state):
            yield f"job {job.pk} is {state}"
    for drift in Drift.objects.all():
        yield f"{drift.at_stripe} does not agree: {drift.kind}"


def _what_is_paid_is_known(standin: StripeStandin) -> Iterator[str]:
    """Each payment is one purchase, of as much, and of the same was given back."""
    wanted = sorted(
        (each["payment_intent"], each["amount"], _back(standin, each))
        for each in books.charges(standin)
    )
    found = sorted(
        (each.payment_intent, each.amount_minor, each.returned_minor or 0)
        for each in Purchase.objects.filter(state="paid")
        if each.provider == "stripe"
    )
    if found != wanted:
        yield f"Stripe was paid {wanted}, and known is {found}"


def _back(standin: StripeStandin, charge: Object) -> int:
    refunds = [each["amount"] for each in standin.journal.all("refund")
               if each["charge"] == charge["id"] and each["status"] == "succeeded"]  # fmt: skip
    disputes = [each["amount"] for each in standin.journal.all("dispute")
                if each["charge"] == charge["id"] and each["status"] != "won"]  # fmt: skip
    return min(int(charge["amount"]), int(sum(refunds + disputes)))


def _is_known(subscription: Object) -> Iterator[str]:
    wanted = "active" if subscription["status"] == "active" else "past_due"
    if subscription["status"] == "active" and subscription["cancel_at_period_end"]:
        wanted = "ending"
    wanted = "ended" if subscription["status"] in OVER else wanted
    found = Subscription.objects.named(subscription["metadata"]["subscription"])
    if found.state != wanted:
        yield f"{subscription['id']} is {subscription['status']} at Stripe, and {found.state} here"


def _is_not_charged_while_contested(stage: Stage, subscription: Object) -> Iterator[str]:
    """But for what its owner pays by hand; what is lost is never charged again."""
    name, standin = subscription["id"], stage.standin
    by_hand = {each.at for each in stage.wishes if (each.subscription, each.what) == (name, PAYS)}
    for dispute in books.disputes_of(standin, name):
        if dispute["status"] == "lost" and subscription["status"] not in OVER:
            yield f"{name} goes on, and {dispute['id']} was lost"
        is_won = dispute["status"] == "won"
        decided = books.decided_at(standin, dispute) if is_won else None
        for charge, _ in books.charges_of(standin, name):
            is_later = charge["created"] > dispute["created"]
            is_before_the_end = decided is None or charge["created"] < decided
            if is_later and is_before_the_end and charge["created"] not in by_hand:
                yield f"{name} was charged {charge['id']} in spite of {dispute['id']}"


def _goes_on_or_has_a_reason(stage: Stage, subscription: Object) -> Iterator[str]:
    """It renews unless somebody wants that it ends, a bank decides, or nobody pays."""
    name, journal = subscription["id"], stage.standin.journal
    has_ended = subscription["status"] in OVER
    at = subscription["ended_at"] if has_ended else stage.standin.clock.now()
    wishes = [
        each.what
        for each in stage.wishes
        if each.subscription == name and each.at <= at and each.what != PAYS
    ]
    wanted = (wishes or ["resume"])[-1]
    disputes = [each for each in books.disputes_of(stage.standin, name) if each["created"] <= at]
    is_contested = any((books.decided_at(stage.standin, each) or at + 1) > at for each in disputes)
    is_to_end = is_contested or wanted == "cancel"
    if not has_ended:
        if subscription["cancel_at_period_end"] != is_to_end:
            yield f"{name} ends with its period: {not is_to_end}, and the contrary is wanted"
        return
    latest = journal.get(subscription["latest_invoice"]) or {}
    is_lost = any(each["status"] == "lost" for each in disputes)
    if not (is_to_end or wanted == "end" or is_lost or latest["status"] != "paid"):
        yield f"{name} has ended for no reason"


def _promotions_are_for_the_first_period(stage: Stage, apps: Sequence[App]) -> Iterator[str]:
    """With a coupon the first invoice is for less, and no other; once paid it is a use for good."""
    facts, standin = stage.facts, stage.standin
    by_coupon = {str(apps[each.user].user_id) for each in facts.subscriptions if each.coupon}
    wanted = set[str]()
    for invoice in standin.journal.all("invoice"):
        [line], is_first = invoice["lines"]["data"], invoice["billing_reason"] == books.FIRST
        told = line["metadata"]
        percent = facts.promotion.percent if is_first and told["user"] in by_coupon else 0
        price = MONTHLY_MINOR[told["plan"]] * (100 - percent) // 100
        if invoice["amount_due"] != price:
            yield f"{invoice['id']} is for {invoice['amount_due']} instead of {price}"
        if is_first and told["user"] in by_coupon and invoice["status"] == "paid":
            wanted.add(told["subscription"])
    uses = text_client().hgetall(PROMOTION_USES(promotion=PROMOTION, cell=CATALOGUE_CELL))
    if uses != dict.fromkeys(wanted, "paid"):
        yield f"used by {uses}, and paid were {wanted}"
    if facts.promotion.uses and len(wanted) > facts.promotion.uses:
        yield f"used by {wanted}, and it is for {facts.promotion.uses}"
