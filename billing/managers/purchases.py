"""How purchases are stored and read: one method a script, and plain reads."""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from django.conf import settings
from django.db import models

from accounts.errors import NoSuchUser
from accounts.keys import MAILS, USERS, device_keys, pro_time_keys
from accounts.managers.mails import Posted
from billing.errors import (
    IdempotencyKeyReused,
    NoSuchPurchase,
    PaymentPending,
    PurchaseRepeated,
    WrongCursor,
)
from billing.keys import LATEST_PURCHASE, PURCHASES, USER_PURCHASES, USER_SUBSCRIPTION
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Fence, NewJob, Work
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, PurchaseId, UserId

if TYPE_CHECKING:
    from billing.models import Purchase


_INDEXED: Final = ("id", "created", "state", "user_id")
NOT_HELD: Final = Millis(0)
"""In place of the end of a hold: the purchase is by no promotion."""

PERSONAL_COLUMNS: Final = (
    "email_sealed",
    "email_hash",
    "device_id",
    "device_name",
    "source",
    "digest",
    "mail_id",
)
"""Columns of a purchase that tell of the person; none of them has an index."""


class Guard(NamedTuple):
    """What must hold when a purchase begins.

    ``hold_until`` is when its promotion is held no longer (``PaymentPending`` then: the same call
    again holds it anew); ``guard_ms`` how soon after another than ``seen`` it is a repetition; so
    it is of a subscription that has begun, but for the one that it may begin ``beside``.
    """

    hold_until: Millis = NOT_HELD
    guard_ms: int = 0
    seen: str = ""
    beside: str = ""


BESIDE_ANY: Final = "any"
"""In place of a subscription: whatever was begun, a purchase may begin."""
UNGUARDED: Final = Guard()


class PurchaseManager(models.Manager["Purchase"]):
    """Purchases."""

    def was_begun(self, purchase_id: PurchaseId, *, digest: str) -> bool:
        """Whether this was begun before; ``IdempotencyKeyReused`` if another was by its key."""
        known = text_client().hget(PURCHASES.row(purchase_id), "digest")
        if known is not None and known != digest:
            raise IdempotencyKeyReused(field="idempotencyKey")
        return known is not None

    def begin(  # noqa: PLR0913 - the script's arguments
        self,
        *,
        purchase_id: PurchaseId,
        user_id: UserId,
        now: Millis,
        intent: Mapping[str, str],
        digest: str,
        follow: Sequence[NewJob],
        guard: Guard = UNGUARDED,
    ) -> bool:
        """Record the intent to pay; False when the same purchase was begun before."""
        outcome = ledger.apply(
            "billing/begin_purchase",
            Work(cell_of(purchase_id), follow=follow),
            **_keys_of_new(purchase_id, user_id),
            purchase_id=purchase_id,
            user_id=user_id,
            now=now,
            intent=json.dumps(intent),
            digest=digest,
            **guard._asdict(),
        )
        match outcome:
            case ["begun" | "known"]:
                return outcome == ["begun"]
            case ["key_reused"]:
                raise IdempotencyKeyReused(field="idempotencyKey")
            case ["no_such_user"]:
                raise NoSuchUser
            case ["late"]:
                raise PaymentPending
            case ["repeated" | "subscribed", _]:
                raise PurchaseRepeated
        raise AssertionError(outcome)

    def latest_of(self, user_id: UserId) -> "tuple[Purchase, Millis] | None":
        """What a user began to buy last, some minutes ago at most, and when."""
        told = text_client().hgetall(LATEST_PURCHASE(user_id=user_id))
        if not told:
            return None
        return self.named(PurchaseId(told["id"])), Millis(int(told["at"]))

    def forget_latest(self, user_id: UserId) -> None:
        """Forget what an erased user began to buy last."""
        text_client().delete(LATEST_PURCHASE(user_id=user_id))

    def complete(  # noqa: PLR0913 - the script's arguments
        self,
        *,
        purchase_id: PurchaseId,
        user_id: UserId,
        now: Millis,
        paid_at: Millis,
        device_limit: int,
        payment_intent: str,
        charge_id: str,
        bonus_months: int,
        bonus_fact: str,
        fence: Fence | None,
        follow: Sequence[NewJob],
    ) -> bool:
        """Give the buyer what they paid for; False when that was done before."""
        cell = cell_of(purchase_id)
        outcome = ledger.apply(
            "billing/complete_purchase",
            Work(cell, fence, follow),
            purchase=PURCHASES.row(purchase_id),
            **{**pro_time_keys(user_id, cell), **device_keys(user_id)},
            lex_email_hash=USERS.lex("email_hash", cell=cell),
            by_state=PURCHASES.by("state", cell=cell),
            lex_charge_id=PURCHASES.lex("charge_id", cell=cell),
            now=now,
            paid_at=paid_at,
            device_limit=device_limit,
            payment_intent=payment_intent,
            charge_id=charge_id,
            bonus_months=bonus_months,
            bonus_fact=bonus_fact,
        )
        match outcome:
            case ["completed", _]:
                return True
            case ["paid_before"]:
                return False
            case ["no_such_purchase"]:
                raise NoSuchPurchase
        raise AssertionError(outcome)

    def decline(
        self, *, purchase_id: PurchaseId, now: Millis, reason: str, fence: Fence | None
    ) -> None:
        """Note that the payment was declined, and why."""
        cell = cell_of(purchase_id)
        outcome = ledger.apply(
            "billing/decline_purchase",
            Work(cell, fence),
            purchase=PURCHASES.row(purchase_id),
            by_state=PURCHASES.by("state", cell=cell),
            now=now,
            reason=reason,
        )
        match outcome:
            case ["declined" | "ended_before"]:
                return
            case ["no_such_purchase"]:
                raise NoSuchPurchase
        raise AssertionError(outcome)

    def await_buyer(self, *, purchase_id: PurchaseId, at_stripe: str) -> None:
        """Note that the buyer must do something first, and what waits for it at Stripe."""
        cell = cell_of(purchase_id)
        outcome = ledger.apply(
            "billing/await_buyer",
            Work(cell),
            purchase=PURCHASES.row(purchase_id),
            by_state=PURCHASES.by("state", cell=cell),
            at_stripe=at_stripe,
        )
        match outcome:
            case ["waiting" | "ended_before"]:
                return
            case ["no_such_purchase"]:
                raise NoSuchPurchase
        raise AssertionError(outcome)

    def record_receipt(
        self, *, purchase_id: PurchaseId, user_id: UserId, posted: Posted | None, fence: Fence
    ) -> None:
        """Keep the pointer to the mail with the receipt; None when there was nobody to write to."""
        outcome = ledger.apply(
            "billing/record_receipt",
            Work.of(fence),
            purchase=PURCHASES.row(purchase_id),
            user=USERS.row(user_id),
            mails=MAILS(user_id=user_id),
            mail_id=posted.id if posted else "",
            entry=posted.as_json() if posted else "",
        )
        match outcome:
            case ["recorded"]:
                return
        raise AssertionError(outcome)

    def named(self, purchase_id: PurchaseId) -> "Purchase":
        """Read a purchase; ``NoSuchPurchase`` when there is none."""
        found = self.filter(pk=purchase_id).first()
        if found is None:
            raise NoSuchPurchase
        return found

    def charged(self, charge_id: str) -> "Purchase | None":
        """The purchase that a charge paid."""
        found = self.charged_or_any(charge_id)
        return found if found and found.charge_id == charge_id else None

    def charged_or_any(self, charge_id: str) -> "Purchase | None":
        """The purchase that a charge paid, or any other that is paid when none was by this one.

        For whoever must do the same in either case. None while nothing at all is paid.
        """
        written = charge_id.lower()
        with text_client().pipeline(transaction=False) as pipe:
            for cell in range(settings.CELLS):
                index = PURCHASES.lex("charge_id", cell=Cell(cell))
                pipe.zrangebylex(index, f"[{written}\0", f"({written}\1", start=0, num=1)
                pipe.zrandmember(index)
            answers = pipe.execute()
        found = [entry for entries in answers[0::2] for entry in entries]
        others = [entry for entry in answers[1::2] if entry]
        entries = found or others
        if not entries:
            return None
        return self.named(PurchaseId(secrets.choice(entries).partition("\0")[2]))

    def page_of(
        self, user_id: UserId, *, limit: int, after: PurchaseId | None = None
    ) -> list[PurchaseId]:
        """A user's purchases, the newest first, after one; ``WrongCursor`` if it is not theirs.

        By rank: purchases that began in the same millisecond stand in a fixed order, too.
        """
        client, key, first = text_client(), USER_PURCHASES(user_id=user_id), 0
        if after is not None:
            rank = client.zrevrank(key, after)
            if rank is None:
                raise WrongCursor(field="cursor")
            first = rank + 1
        return [PurchaseId(each) for each in client.zrevrange(key, first, first + limit - 1)]

    def ids_of(self, user_id: UserId) -> list[PurchaseId]:
        """All of a user's purchases, by the list that names them."""
        found = text_client().zrange(USER_PURCHASES(user_id=user_id), 0, -1)
        return [PurchaseId(each) for each in found]

    def strip(self, purchase_id: PurchaseId) -> None:
        """Leave of a purchase what the books need; stripping it again changes nothing."""
        text_client().hdel(PURCHASES.row(purchase_id), *PERSONAL_COLUMNS)

    def drop_list(self, *, user_id: UserId, fence: Fence) -> None:
        """Delete the list that names an erased user's purchases; the job is done then."""
        ledger.apply(
            "billing/drop_purchase_list",
            Work.of(fence),
            user_purchases=USER_PURCHASES(user_id=user_id),
        )


def _keys_of_new(purchase_id: PurchaseId, user_id: UserId) -> dict[str, str]:
    cell = cell_of(purchase_id)
    return {
        "purchase": PURCHASES.row(purchase_id),
        "user": USERS.row(user_id),
        "user_purchases": USER_PURCHASES(user_id=user_id),
        **{f"by_{name}": PURCHASES.by(name, cell=cell) for name in _INDEXED},
        "latest": LATEST_PURCHASE(user_id=user_id),
        "user_subscription": USER_SUBSCRIPTION(user_id=user_id),
    }
