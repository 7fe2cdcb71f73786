"""How everything stands at the end of a way, to be compared with the end of another."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from accounts.managers.account import TimeEntry
from accounts.models import User
from billing.managers.promotions import uses_of
from billing.managers.returns import returns_of
from billing.models import Purchase, ResellerCode
from billing.subscription import Subscription
from devstack.drill_billing.facts import PROMOTION
from lantern_pro.types import UserId

LATEST_MS: Final = 15 * 60_000


@dataclass(frozen=True, slots=True)
class State:
    """How all users and purchases stand, and when each user's time ends, ms."""

    text: str
    ends: dict[int, int]

    def agrees(self, other: "State") -> bool:
        """Whether they are the same, but for the minutes by which one way is slower by design."""
        return self.text == other.text and all(
            abs(end - other.ends[user]) < LATEST_MS for user, end in self.ends.items()
        )


def state() -> State:
    """How everything stands now."""
    users, ends = [], dict[int, int]()
    for user in User.objects.all():
        account = User.objects.get_account(UserId(user.pk))
        assert account is not None
        told = [str(account.row.get(name)) for name in ("subscription", "proxies_wanted")]
        users.append([str(user.pk), *told, str(_entries(account.time_ledger))])
        ends[user.pk] = int(account.row["expiration"])
    subscriptions = [
        [each.pk, each.state, each.plan, each.at_stripe, each.invoice]
        for each in Subscription.objects.all()
    ]
    codes = [[each.pk, str(each.user_id), each.purchase_id] for each in ResellerCode.objects.all()]
    everything = {
        "users": sorted(users),
        "purchases": sorted(map(_purchase, Purchase.objects.all())),
        "subscriptions": sorted(subscriptions, key=str),
        "codes": sorted(codes, key=str),
        "promotion": uses_of([PROMOTION])[PROMOTION],
    }
    return State(json.dumps(everything, indent=1), ends)


def _entries(ledger: Sequence[TimeEntry]) -> list[list[object]]:
    """What the ledger of time adds up to; a loan that was taken back is as if there were none."""
    facts = {each.fact for each in ledger}
    settled = {fact for fact in facts if f"{fact}.back" in facts and fact.startswith("grace.")}
    settled |= {f"{fact}.back" for fact in settled}
    kept = [each for each in ledger if each.fact not in settled]
    return sorted([each.kind, each.because, each.span_ms, each.plan] for each in kept)


def _purchase(each: Purchase) -> list[object]:
    backs = sorted(
        [back.fact, str(back.state), back.minor] for back in returns_of(each.purchase_id)
    )
    told = (each.state, each.reason, each.payment_intent, each.returned_minor)
    return [each.pk, *map(str, told), str(backs)]
