"""Holding Stripe's books against ours, so that no payment depends on an event's arrival.

Walks go over Stripe's lists page by page, and each keeps its place, so that whoever comes next goes
on there. What Stripe has and we have not is repaired by the same jobs that an event would have
staged; what cannot be repaired is drift, for people to look at. The lists are in ``walks.py``.
"""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from billing.errors import NoSuchPurchase, StripeUnreachable
from billing.gateways import stripe_lists, stripe_returns
from billing.gateways.stripe_client import UNREADABLE
from billing.gateways.stripe_lists import CursorGone, Listed, Page
from billing.managers import reconciliation as kept
from billing.services.differences import LOOK_AGAIN_MS, Finding
from billing.services.given import given, going_on
from billing.services.purchases import adopt
from billing.services.repairs import begin_repair
from billing.services.walks import WALKS, Walk
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.jobs.worker import enter
from lantern_pro.types import Millis, PurchaseId, SubscriptionId

log = logging.getLogger(__name__)

MOST_LOOKED_AT_AGAIN: Final = 50
FAILURES_IN_A_ROW: Final = 2
TURN_SECONDS: Final = 20
"""After so long a walk leaves the rest to its next turn, whatever it has walked."""
PAYMENT: Final = "pi_"
"""How the id of a purchase's payment begins, by which what is given here is held against Stripe."""
WALKING: Final = "walking"
"""The phase in which Stripe's lists are read; reading them again changes nothing."""


class AnotherWalks(Exception):
    """This job was away for so long that another has taken over: the rest is for that one."""


@dataclass(slots=True)
class Count:
    """What came of walking."""

    walked: int = 0
    repaired: int = 0
    drift: int = 0


def reconcile(job: LeasedJob) -> None:
    """Go on with every walk for some pages, and look again at what did not agree.

    A list that Stripe does not give keeps no other from its turn, and the next time goes on at the
    same place; so does one that fails otherwise, which the log names. When several in a row are not
    given, Stripe is away, and is asked no more. One job walks at a time.
    """
    if not kept.take_the_walk(job.fence):
        return
    in_a_row = 0
    walks = [partial(_go_on, name, walk, job) for name, walk in WALKS.items()]
    turns: list[Callable[[], None]] = [*walks, _look_again]
    try:
        for name, go_on in zip([*WALKS, "those that did not agree"], turns, strict=True):
            try:
                go_on()
                in_a_row = 0
            except AnotherWalks:
                return
            except StripeUnreachable:
                in_a_row += 1
                if in_a_row == FAILURES_IN_A_ROW:
                    return
            except UNREADABLE as odd:
                log.warning("the walk over %s failed: %s", name, type(odd).__name__)
    finally:
        kept.leave_the_walk(job.fence)


def _go_on(name: str, walk: Walk, job: LeasedJob) -> None:
    place = kept.place_of(name)
    if not place.until:
        now = clock.now()
        window = walk.window(place, now)
        if window is None:
            return
        kept.open_window(name, since=window[0], until=window[1], now=now)
    begun, place = time.monotonic(), kept.place_of(name)
    for _ in range(walk.pages(place)):
        place = kept.place_of(name)
        enter(job, f"{WALKING}.{name}")
        if not kept.take_the_walk(job.fence):
            raise AnotherWalks
        try:
            page = walk.page(since=place.since, until=place.until, after=place.after)
        except CursorGone:
            kept.open_window(name, since=place.since, until=place.until, now=place.begun)
            return
        count = look_at_all(walk, page.items)
        count.walked += len(page.unreadable)
        count.drift += _report_unreadable(page)
        if not kept.keep_place(
            name, job.fence, after=page.after, walked=count.walked, repaired=count.repaired
        ):
            raise AnotherWalks
        if not page.after or time.monotonic() - begun >= TURN_SECONDS:
            return


def look_at_all(walk: Walk, items: Sequence[Listed]) -> Count:
    """Look at a page: repair what can be, report what does not agree, forget what does again."""
    count, agree = Count(walked=len(items)), []
    for listed in items:
        finding = _look(walk, listed)
        if finding is None:
            agree.append(listed.object_id)
            continue
        count.drift += _report(listed, finding)
        if finding.repair is not None:
            count.repaired += begin_repair(finding.repair)
    kept.agree(*agree)
    return count


def _look(walk: Walk, listed: Listed) -> Finding | None:
    """Look at one. What cannot be read is for people to look at, and holds up no other."""
    try:
        return walk.look(listed)
    except UNREADABLE as odd:
        log.warning("%s cannot be read: %s", listed.object_id, type(odd).__name__)
        is_of_ours = listed.object_id.startswith(PAYMENT)
        return Finding("unreadable", listed.purchase if is_of_ours else "")


def _report_unreadable(page: Page) -> int:
    """Report what of a page could not be read; how many of them staff have not dismissed."""
    return sum(
        kept.report(each, kind="unreadable", purchase="", fact="unreadable", now=clock.now())
        for each in page.unreadable
    )


def _report(listed: Listed, finding: Finding) -> bool:
    """Report it; False when staff have dismissed just this.

    What makes it the same is what Stripe says of it, as far as it is listed, and what is wrong.
    """
    returned = listed.returned
    state = (returned.state, returned.minor) if returned else ()
    at_stripe = (listed.amount, listed.is_kept, listed.touched, *state)
    told = (finding.kind, finding.purchase, *at_stripe)
    return kept.report(
        listed.object_id,
        kind=finding.kind,
        purchase=finding.purchase,
        fact="|".join(map(str, told)),
        now=clock.now(),
    )


def _look_again() -> None:
    """Look at what did not agree some minutes ago: perhaps its repair is through.

    What waits longest comes first, so that each has its turn, however many there are. One is put
    behind the others before it is asked about: that Stripe does not tell of it stops nothing.
    """
    before = Millis(clock.now() - LOOK_AGAIN_MS)
    for each in kept.least_looked_at(before=before, most=MOST_LOOKED_AT_AGAIN):
        kept.put_behind(each, now=clock.now())
        try:
            walk, listed = _as_it_is_now(each)
        except UNREADABLE as odd:
            log.warning("%s cannot be read: %s", each.object_id, type(odd).__name__)
            continue
        if listed is None:
            kept.agree(each.object_id)
        else:
            look_at_all(WALKS[walk], [listed])


def _as_it_is_now(each: kept.Drift) -> tuple[str, Listed | None]:
    """The thing, and the walk that it is one of: what goes on here is looked at from here."""
    if each.object_id.startswith(PAYMENT):
        return "given", given(PurchaseId(each.purchase))
    here = going_on(SubscriptionId(each.purchase))
    if here is not None and here.object_id == each.object_id:
        return "subscribed", here
    listed = stripe_lists.named(each.object_id)
    if listed is not None and listed.returned:
        return "refunds", listed
    return "payments" if listed is not None and listed.charge_id else "subscriptions", listed


def walk_by_hand(
    name: str, *, since: Millis, until: Millis, tell: Callable[[Listed, Count], None]
) -> Count:
    """Walk a list over a span of time, whatever was walked before; ``tell`` hears of each item."""
    walk, total, after = WALKS[name], Count(), ""
    while True:
        page = walk.page(since=since, until=until, after=after)
        for listed in page.items:
            one = look_at_all(walk, [listed])
            total.walked += one.walked
            total.repaired += one.repaired
            total.drift += one.drift
            tell(listed, total)
        total.walked += len(page.unreadable)
        total.drift += _report_unreadable(page)
        after = page.after
        if not after:
            return total


def adopt_payment(purchase_id: PurchaseId, payment_intent: str, job: LeasedJob) -> None:
    """Make a purchase paid by a payment that says it is for it, if Stripe says so now.

    Who was erased meanwhile cannot be given anything: the walk over payments reports it.
    """
    enter(job, WALKING)
    payment = stripe_returns.payment_now(payment_intent)
    if payment and payment.is_paid and payment.purchase == purchase_id:
        with suppress(NoSuchPurchase):
            adopt(purchase_id, payment.paid)
    ledger.complete(job.fence)
