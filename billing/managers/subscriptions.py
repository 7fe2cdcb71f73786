"""How subscriptions are stored and read: one method a script, and plain reads."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, cast

from django.db import models

from accounts.errors import NoSuchUser
from accounts.keys import USERS, pro_time_keys
from billing.errors import NoSuchSubscription, PaymentPending, PurchaseRepeated
from billing.keys import LATEST_PURCHASE, SUBSCRIPTIONS, USER_SUBSCRIPTION, USER_SUBSCRIPTIONS
from billing.managers.purchases import UNGUARDED, Guard
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Fence, NewJob, Work
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, SubscriptionId, UserId

if TYPE_CHECKING:
    from billing.subscription import Subscription

SUBSCRIBER_COLUMNS: Final = ("email_sealed", "email_hash", "wish")
"""Columns of a subscription that tell of the person; none of them has an index."""
_INDEXED: Final = ("id", "created", "state", "user_id", "check_at")
_GUARDED: Final = ("hold_until", "guard_ms", "seen")
Ending = Literal["ended", "ended_before", "learnt_since", "no_such_subscription"]


@dataclass(frozen=True, slots=True)
class Loans:
    """Time lent for a subscription: the one loan that is not taken back, and what it lends.

    ``stands`` is empty when there is none; ``lent`` when nothing is lent now.
    """

    stands: str = ""
    lent: Mapping[str, object] = field(default_factory=dict)

    def as_dict(self) -> Mapping[str, object]:
        """The loans as ``record_subscription`` (Lua) reads them."""
        return {"stands": self.stands, **({"lent": self.lent} if self.lent else {})}


NO_LOANS: Final = Loans()


class SubscriptionManager(models.Manager["Subscription"]):
    """Subscriptions."""

    def begin(  # noqa: PLR0913 - the script's arguments
        self,
        *,
        subscription_id: SubscriptionId,
        user_id: UserId,
        now: Millis,
        check_at: Millis,
        intent: Mapping[str, str],
        follow: Sequence[NewJob],
        guard: Guard = UNGUARDED,
    ) -> SubscriptionId:
        """Record the intent; answers the subscription that the user has, which may be another.

        ``PaymentPending`` when its promotion is held no longer, or it was begun before and has
        ended since: the same call again finds out; ``PurchaseRepeated`` so soon after a purchase
        that was not seen.
        """
        outcome = ledger.apply(
            "billing/begin_subscription",
            Work(cell_of(subscription_id), follow=follow),
            **_keys_of_new(subscription_id, user_id),
            subscription_id=subscription_id,
            user_id=user_id,
            now=now,
            check_at=check_at,
            **{name: getattr(guard, name) for name in _GUARDED},
            intent=json.dumps(intent),
        )
        match outcome:
            case ["begun"]:
                return subscription_id
            case ["has_one", known]:
                return SubscriptionId(str(known))
            case ["no_such_user"]:
                raise NoSuchUser
            case ["repeated", _]:
                raise PurchaseRepeated
            case ["late" | "known"]:
                raise PaymentPending
        raise AssertionError(outcome)

    def record(  # noqa: PLR0913 - the script's arguments
        self,
        *,
        subscription_id: SubscriptionId,
        user_id: UserId,
        asked_at: Millis,
        told: Mapping[str, str],
        words: str,
        loans: Loans,
        fence: Fence | None,
        follow: Sequence[NewJob],
    ) -> None:
        """Keep how it stands, and lend or take back time.

        One that had ended here stays so when its user has another by now; staff see it as drift.
        """
        cell = cell_of(subscription_id)
        outcome = ledger.apply(
            "billing/record_subscription",
            Work(cell, fence, follow),
            **_keys_of_known(subscription_id, user_id),
            asked_at=asked_at,
            told=json.dumps(told),
            words=words,
            loans=json.dumps(loans.as_dict()),
        )
        match outcome:
            case ["recorded" | "learnt_before" | "has_another"]:
                return
            case ["no_such_subscription"]:
                raise NoSuchSubscription
        raise AssertionError(outcome)

    def end_unknown(
        self,
        subscription_id: SubscriptionId,
        *,
        user_id: UserId,
        asked_at: Millis,
        at_stripe: str,
        ended_by: str,
        follow: Sequence[NewJob],
    ) -> Ending:
        """End one here that Stripe did not know when it was asked, unless more was learnt since."""
        cell = cell_of(subscription_id)
        outcome = ledger.apply(
            "billing/end_unknown",
            Work(cell, follow=follow),
            **_keys_of_known(subscription_id, user_id),
            asked_at=asked_at,
            at_stripe=at_stripe,
            ended_by=ended_by,
        )
        match outcome:
            case ["ended" | "ended_before" | "learnt_since" | "no_such_subscription"]:
                return cast("Ending", outcome[0])
        raise AssertionError(outcome)

    def named(self, subscription_id: SubscriptionId) -> "Subscription":
        """Read a subscription; ``NoSuchSubscription`` when there is none."""
        found = self.filter(pk=subscription_id).first()
        if found is None:
            raise NoSuchSubscription
        return found

    def open_of(self, user_id: UserId) -> "Subscription | None":
        """The subscription of a user that has not ended, if there is one."""
        known = text_client().get(USER_SUBSCRIPTION(user_id=user_id))
        return self.named(SubscriptionId(known)) if known else None

    def ids_of(self, user_id: UserId) -> list[SubscriptionId]:
        """All of a user's subscriptions."""
        found = text_client().zrange(USER_SUBSCRIPTIONS(user_id=user_id), 0, -1)
        return [SubscriptionId(each) for each in found]

    def due(self, cell: Cell, *, now: Millis, most: int) -> list[tuple[SubscriptionId, Millis]]:
        """Those that are to be looked at, and since when, the longest due first."""
        found = text_client().zrangebyscore(
            SUBSCRIPTIONS.by("check_at", cell=cell), "-inf", now, start=0, num=most, withscores=True
        )
        return [(SubscriptionId(each), Millis(int(since))) for each, since in found]

    def begin_change(  # noqa: PLR0913 - the script's arguments
        self,
        subscription_id: SubscriptionId,
        *,
        plan: str,
        key: str,
        seen: int,
        now: Millis,
        check_at: Millis,
        follow: Sequence[NewJob],
    ) -> bool:
        """Record that it is to be another plan; False when another change is open.

        Also when one was since the last ``seen``, by when that began (``change_begun``).
        """
        cell = cell_of(subscription_id)
        outcome = ledger.apply(
            "billing/begin_change",
            Work(cell, follow=follow),
            subscription=SUBSCRIPTIONS.row(subscription_id),
            by_check_at=SUBSCRIPTIONS.by("check_at", cell=cell),
            plan=plan,
            key=key,
            seen=seen,
            now=now,
            check_at=check_at,
        )
        match outcome:
            case ["begun" | "under_way"]:
                return outcome == ["begun"]
            case ["no_such_subscription"]:
                raise NoSuchSubscription
        raise AssertionError(outcome)

    def end_change(self, subscription_id: SubscriptionId, *, key: str) -> None:
        """Note that a change has happened, or will not; again, nothing changes."""
        outcome = ledger.apply(
            "billing/end_change",
            Work(cell_of(subscription_id)),
            subscription=SUBSCRIPTIONS.row(subscription_id),
            key=key,
        )
        match outcome:
            case ["ended" | "another"]:
                return
        raise AssertionError(outcome)

    def put_off(
        self,
        subscription_id: SubscriptionId,
        *,
        since: Millis,
        until: Millis,
        follow: Sequence[NewJob],
    ) -> None:
        """Stage the look at one that is due since a moment, and let it be due again then; once."""
        cell = cell_of(subscription_id)
        outcome = ledger.apply(
            "billing/put_off_look",
            Work(cell, follow=follow),
            subscription=SUBSCRIPTIONS.row(subscription_id),
            by_check_at=SUBSCRIPTIONS.by("check_at", cell=cell),
            since=since,
            later=until,
        )
        match outcome:
            case ["put_off" | "moved"]:
                return
        raise AssertionError(outcome)

    def strip(self, subscription_id: SubscriptionId) -> None:
        """Leave of a subscription what the books need, and look at it no more."""
        client = text_client()
        client.hdel(SUBSCRIPTIONS.row(subscription_id), *SUBSCRIBER_COLUMNS, "check_at")
        check_at = SUBSCRIPTIONS.by("check_at", cell=cell_of(subscription_id))
        client.zrem(check_at, subscription_id)

    def drop_lists(self, user_id: UserId) -> None:
        """Delete what names an erased user's subscriptions."""
        client = text_client()
        client.delete(USER_SUBSCRIPTIONS(user_id=user_id), USER_SUBSCRIPTION(user_id=user_id))


def _keys_of_new(subscription_id: SubscriptionId, user_id: UserId) -> dict[str, str]:
    cell = cell_of(subscription_id)
    return {
        "subscription": SUBSCRIPTIONS.row(subscription_id),
        "user": USERS.row(user_id),
        "user_subscription": USER_SUBSCRIPTION(user_id=user_id),
        "user_subscriptions": USER_SUBSCRIPTIONS(user_id=user_id),
        "latest": LATEST_PURCHASE(user_id=user_id),
        **{f"by_{name}": SUBSCRIPTIONS.by(name, cell=cell) for name in _INDEXED},
    }


def _keys_of_known(subscription_id: SubscriptionId, user_id: UserId) -> dict[str, str]:
    cell = cell_of(subscription_id)
    return {
        "subscription": SUBSCRIPTIONS.row(subscription_id),
        **pro_time_keys(user_id, cell),
        "user_subscription": USER_SUBSCRIPTION(user_id=user_id),
        "by_state": SUBSCRIPTIONS.by("state", cell=cell),
        "by_check_at": SUBSCRIPTIONS.by("check_at", cell=cell),
    }
