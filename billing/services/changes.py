"""A subscription that is to be another plan, in three phases as a purchase is.

The intent is recorded, Stripe is asked, the outcome is recorded. Whoever looks at the subscription
runs the last two, with one key at Stripe for one change, until the outcome is known.
"""

from dataclasses import replace
from typing import Final

from billing.errors import CardDeclined, PlanChangeUnderWay, StripeRefused
from billing.events import PlanChangeBegun
from billing.gateways import stripe_subscriptions as stripe
from billing.models import Plan
from billing.services.asking import KEY_REMEMBERED_MS
from billing.services.recurring import recurring_of
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis

LOOK_MS: Final = 5 * 60_000


def change_plan(found: Subscription, plan: Plan) -> None:
    """Let a subscription be another plan.

    ``CardDeclined`` when that is to be paid for at once and is not, ``StripeRefused`` when Stripe
    does not take it as it is; ``StripeUnreachable`` leaves it open, and the same call again, or a
    job, goes on with it. ``PlanChangeUnderWay`` when a change to another plan is open, or was since
    ``found`` was read: both could be charged.
    """
    subscription_id, holds = found.subscription_id, found.plan
    while found.change_key or holds != plan.pk:
        if found.change_key:
            if _is_finished(found, plan):
                return
            holds = _plan_at_stripe(found)
            found = Subscription.objects.named(subscription_id)
            continue
        has_begun = _begin(found, plan)
        found = Subscription.objects.named(subscription_id)
        if not has_begun and not found.change_key:
            holds = _plan_at_stripe(found)
            _refuse_another(holds, plan)


def _is_finished(found: Subscription, plan: Plan) -> bool:
    """Finish the change to this plan that is open; whether Stripe told its end."""
    _refuse_another(found.change_to, plan)
    return finish_change(found)


def _refuse_another(changed_to: str, plan: Plan) -> None:
    if changed_to != plan.pk:
        raise PlanChangeUnderWay(field="plan", details={"plan": changed_to})


def _plan_at_stripe(found: Subscription) -> str:
    """The plan that holds, of which the row may tell as it was before."""
    return stripe.subscription_now(found.at_stripe).plan or found.plan


def _begin(found: Subscription, plan: Plan) -> bool:
    """Phase one; False when another change is open, or was since this one was wanted."""
    now, cell = clock.now(), cell_of(found.subscription_id)
    key = f"change.{now}"
    return Subscription.objects.begin_change(
        found.subscription_id,
        plan=plan.pk,
        key=key,
        seen=found.change_begun or 0,
        now=now,
        check_at=Millis(now + LOOK_MS),
        follow=following(PlanChangeBegun(cell, found.subscription_id, key)),
    )


def finish_change(found: Subscription) -> bool:
    """Phases two and three: have Stripe change the plan, and note that it did, or will not.

    Once Stripe may have forgotten the key nothing is asked for again: how it stands there, which
    the look that follows tells, is how it ends; False then.
    """
    is_remembered = clock.now() - found.change_begun < KEY_REMEMBERED_MS
    try:
        if is_remembered:
            wanted = recurring_of(Plan.objects.get(pk=found.change_to), found)
            stripe.change(found.at_stripe, replace(wanted, key=f"{found.pk}.{found.change_key}"))
    except (CardDeclined, StripeRefused):
        Subscription.objects.end_change(found.subscription_id, key=found.change_key)
        raise
    Subscription.objects.end_change(found.subscription_id, key=found.change_key)
    return is_remembered
