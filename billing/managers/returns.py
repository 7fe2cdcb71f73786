"""Money of purchases that goes back: what staff began, what Stripe told, and the time it takes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.conf import settings

from accounts.keys import DEVICES, pro_time_keys
from billing.errors import NoSuchPurchase, NotPaid, RefundUnderWay, TooMuchToRefund
from billing.gateways.base import Refused, Returned, Stands
from billing.keys import PURCHASES, REFUNDS, RETURNS
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Fence, NewJob, Work
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis, Minor, PurchaseId, UserId


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund that staff began; ``told`` is Stripe's id of it, or why it was refused."""

    refund_id: str
    amount: Minor
    why: str
    at: Millis
    state: str
    told: str

    @property
    def is_open(self) -> bool:
        """Whether its outcome is not known yet."""
        return self.state == "begun"


@dataclass(frozen=True, slots=True)
class KnownReturn:
    """Money that went back, as it is kept."""

    fact: str
    kind: str
    minor: Minor
    at: Millis
    state: str
    stands: Stands


def takings_of(purchase_id: PurchaseId, of: Minor, returned: Sequence[Returned]) -> str:
    """What money that went back is to a ledger of time (``accounts/take_back``), as JSON.

    What was restored was taken first, at the same moment, so that both come to nothing.
    """
    takings = []
    for each in returned:
        about = {"at": each.at, "because": purchase_id, "of": of}
        if each.stands >= Stands.TAKEN:
            takings.append({"fact": each.fact, "kind": each.kind, "back": each.minor, **about})
        if each.stands == Stands.RESTORED:
            fact = f"restored.{each.fact}"
            takings.append({"fact": fact, "kind": "restored", "back": -each.minor, **about})
    return json.dumps(takings, separators=(",", ":"))


def record_returns(
    *,
    purchase_id: PurchaseId,
    user_id: UserId,
    returned: Sequence[Returned],
    takings: str,
    fence: Fence | None,
    follow: Sequence[NewJob],
) -> int:
    """Record what went back and take the time; how many entries of the ledger of time are new."""
    cell = cell_of(purchase_id)
    outcome = ledger.apply(
        "billing/record_returns",
        Work(cell, fence, follow),
        purchase=PURCHASES.row(purchase_id),
        returns=RETURNS(purchase_id=purchase_id),
        **pro_time_keys(user_id, cell),
        devices=DEVICES(user_id=user_id),
        told=json.dumps([asdict(each) for each in returned]),
        takings=takings,
        device_limit=settings.DEVICE_LIMIT,
    )
    match outcome:
        case ["recorded", new]:
            return int(new or 0)
        case ["not_paid"]:
            raise NotPaid
        case ["no_such_purchase"]:
            raise NoSuchPurchase
    raise AssertionError(outcome)


def begin_refund(
    *,
    purchase_id: PurchaseId,
    refund_id: str,
    amount: Minor | None,
    why: str,
    now: Millis,
    follow: Sequence[NewJob],
) -> bool:
    """Record the intent to give money back, all that is left by default; False when known."""
    outcome = ledger.apply(
        "billing/begin_refund",
        Work(cell_of(purchase_id), follow=follow),
        purchase=PURCHASES.row(purchase_id),
        refunds=REFUNDS(purchase_id=purchase_id),
        refund_id=refund_id,
        amount=amount or 0,
        why=why,
        now=now,
    )
    match outcome:
        case ["begun", _]:
            return True
        case ["known"]:
            return False
        case ["under_way"]:
            raise RefundUnderWay
        case ["not_paid"]:
            raise NotPaid
        case ["too_much", left]:
            raise TooMuchToRefund(field="amount", details={"left": int(left or 0)})
        case ["no_such_purchase"]:
            raise NoSuchPurchase
    raise AssertionError(outcome)


def settle_refund(
    *,
    purchase_id: PurchaseId,
    refund_id: str,
    answer: Returned | Refused,
    fence: Fence | None,
    follow: Sequence[NewJob],
) -> bool:
    """Record what Stripe said to a refund; False when that was done before."""
    done = isinstance(answer, Returned)
    outcome = ledger.apply(
        "billing/settle_refund",
        Work(cell_of(purchase_id), fence, follow),
        purchase=PURCHASES.row(purchase_id),
        refunds=REFUNDS(purchase_id=purchase_id),
        returns=RETURNS(purchase_id=purchase_id),
        refund_id=refund_id,
        state="done" if done else "refused",
        told=answer.fact.removeprefix("refund.") if isinstance(answer, Returned) else answer.reason,
        returned=_as_kept(answer) if isinstance(answer, Returned) else "",
    )
    match outcome:
        case ["settled"]:
            return True
        case ["settled_before"]:
            return False
        case ["no_such_refund"]:
            raise NoSuchPurchase
    raise AssertionError(outcome)


def refunds_of(purchase_id: PurchaseId) -> list[Refund]:
    """The refunds that staff began, the oldest first."""
    kept = text_client().hgetall(REFUNDS(purchase_id=purchase_id))
    found = [Refund(refund_id=name, **json.loads(text)) for name, text in kept.items()]
    return sorted(found, key=lambda refund: (refund.at, refund.refund_id))


def returns_of(purchase_id: PurchaseId) -> list[KnownReturn]:
    """What is known to have gone back, the oldest first."""
    kept = text_client().hgetall(RETURNS(purchase_id=purchase_id))
    found = [_known(fact, text) for fact, text in kept.items()]
    return sorted(found, key=lambda known: (known.at, known.fact))


def _known(fact: str, text: str) -> KnownReturn:
    told = json.loads(text)
    return KnownReturn(
        fact=fact,
        kind=told["kind"],
        minor=Minor(told["minor"]),
        at=Millis(told["at"]),
        state=told["state"],
        stands=Stands(told["stands"]),
    )


def _as_kept(answer: Returned) -> str:
    told = asdict(answer)
    del told["begun_as"]
    return json.dumps(told)
