"""The catalogue: the plans on sale, and making the next version of one."""

from collections.abc import Iterable
from typing import Final

from billing.errors import UnknownPlan
from billing.models import Plan
from lantern_pro import clock

GRACE_MS: Final = 24 * 60 * 60 * 1000
"""How long a version is sold after the next has taken its place: until then apps show it."""


def current_plans(also: Iterable[Plan] = ()) -> list[Plan]:
    """The last version of each plan on sale, in the order in which clients show them."""
    shown_anyway = {plan.pk: plan for plan in also}
    on_sale = {plan.pk: plan for plan in Plan.objects.filter(on_sale=True)} | shown_anyway
    replaced = {
        plan.supersedes
        for plan in Plan.objects.filter(supersedes__in=on_sale)
        if plan.first_sold or plan.on_sale or plan.pk in shown_anyway
    }
    current = [plan for pk, plan in on_sale.items() if pk in shown_anyway or pk not in replaced]
    return sorted(current, key=lambda plan: plan.position)


def plan_on_sale(plan_id: str) -> Plan:
    """One plan; ``UnknownPlan`` when it is not on sale, or was replaced too long ago."""
    found: Plan | None = Plan.objects.filter(pk=plan_id).first()
    if found is None or not found.on_sale:
        raise UnknownPlan(field="plan")
    if is_out_of_grace(found):
        raise UnknownPlan(field="plan")
    return found


def is_out_of_grace(plan: Plan) -> bool:
    """Whether another version has been sold in a plan's place for too long to sell it still."""
    following = replaced_by(plan.pk)
    if following is None or following.first_sold is None:
        return False
    return clock.now() - clock.as_millis(following.first_sold) > GRACE_MS


def next_version(changed: Plan) -> Plan:
    """Save a plan whose terms were changed as a new version, which takes the place of the old.

    One write makes both true, and the old row stays as it was: who bought by it keeps that.
    """
    line = "-".join(changed.pk.split("-")[:2])
    numbers = [_version(plan.pk) for plan in Plan.objects.filter(pk__startswith=line)]
    made = Plan(
        **{
            field.name: getattr(changed, field.name)
            for field in Plan._meta.fields
            if field.name not in {"id", "supersedes", "first_sold"}
        },
        id=f"{line}-{max(numbers) + 1}",
        supersedes=changed.pk,
    )
    made.save(force_insert=True)
    _take_off_sale(line)
    return made


def _take_off_sale(line: str) -> None:
    """Take the versions of a plan off sale that were replaced too long ago to be sold anyway."""
    for plan in Plan.objects.filter(pk__startswith=line, on_sale=True):
        if is_out_of_grace(plan):
            Plan.objects.filter(pk=plan.pk).update(on_sale=False)


def replaced_by(plan_id: str) -> Plan | None:
    """The version that has taken the place of a plan, also while it is still being made."""
    return Plan.objects.filter(supersedes=plan_id).first()


def _version(plan_id: str) -> int:
    """The version that an id names; the oldest ids name none."""
    last = plan_id.rpartition("-")[2]
    return int(last) if last.isdigit() else 1
