"""Previous payments: pointers here, the rest asked of Stripe.

What Stripe told is remembered for a minute, in this process's memory alone: nothing of a card is
ever in the store.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Final

from billing.errors import NoSuchCharge, StripeUnreachable
from billing.gateways import stripe
from billing.gateways.base import Charge
from billing.models import Purchase
from lantern_pro.types import PurchaseId, UserId

LONGEST_PAGE: Final = 25
REMEMBERED_SECONDS: Final = 60
MOST_REMEMBERED: Final = 2_000
ASKED_AT_ONCE: Final = 8
"""Questions to Stripe at the same time, of all that one process answers."""
PATIENCE_SECONDS: Final = 10
"""How long a page of payments waits for Stripe: as long as for one answer."""


@dataclass(frozen=True, slots=True)
class PastPayment:
    """A purchase and what Stripe says of it.

    ``charge`` is None when Stripe was not asked, does not answer, or knows no such charge.
    """

    purchase: Purchase
    charge: Charge | None

    @property
    def is_complete(self) -> bool:
        """Whether Stripe told all that there is to tell."""
        return self.charge is not None or not self.purchase.charge_id


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A page of payments; ``complete`` is False when Stripe did not tell of all of them."""

    payments: list[PastPayment]
    next_cursor: PurchaseId | None
    complete: bool


class Memory:
    """What was told a short while ago, the newest so many of it."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._lock = threading.Lock()
        self._told: OrderedDict[str, tuple[float, Charge]] = OrderedDict()

    def get(self, charge_id: str) -> Charge | None:
        """What was told of a charge, if it is still good."""
        with self._lock:
            at, charge = self._told.get(charge_id, (0.0, None))
        return charge if time.monotonic() - at < REMEMBERED_SECONDS else None

    def put(self, charge: Charge) -> None:
        """Remember a charge."""
        with self._lock:
            self._told[charge.charge_id] = time.monotonic(), charge
            self._told.move_to_end(charge.charge_id)
            if len(self._told) > MOST_REMEMBERED:
                self._told.popitem(last=False)

    def forget(self) -> None:
        """Remember nothing any more."""
        with self._lock:
            self._told.clear()


remembered: Final = Memory()


def payments_of(user_id: UserId, *, limit: int, cursor: PurchaseId | None) -> PaymentPage:
    """A page of a user's payments, the newest first, after the one that the cursor names.

    ``WrongCursor`` when that is no payment of theirs.
    """
    limit = min(limit, LONGEST_PAGE)
    ids = Purchase.objects.page_of(user_id, limit=limit, after=cursor)
    rows = Purchase.objects.in_bulk(ids)
    told = _told_of([charge_id for each in ids if (charge_id := rows[each].charge_id)])
    payments = [PastPayment(rows[each], told.get(rows[each].charge_id or "")) for each in ids]
    last = ids[-1] if len(ids) == limit else None
    return PaymentPage(payments, last, all(each.is_complete for each in payments))


def payment_of(user_id: UserId, charge_id: str) -> PastPayment:
    """One payment of a user, by its charge's id or its own; ``NoSuchCharge`` for any other."""
    purchase = own_purchase(user_id, charge_id)
    told = _told_of([purchase.charge_id] if purchase.charge_id else [])
    return PastPayment(purchase, told.get(purchase.charge_id or ""))


def own_purchase(user_id: UserId, charge_id: str) -> Purchase:
    """A user's own purchase, by its charge's id or its own."""
    found = Purchase.objects.charged(charge_id) or Purchase.objects.filter(pk=charge_id).first()
    if found is None or found.buyer != user_id:
        raise NoSuchCharge(field="chargeId")
    return found


def _told_of(charge_ids: Sequence[str]) -> dict[str, Charge]:
    """What Stripe says of charges, perhaps a minute ago: of as many as it tells in time.

    Several are asked about at once. What comes too late is remembered; once one is not answered no
    further question begins.
    """
    known = {each: remembered.get(each) for each in charge_ids}
    told = {each: charge for each, charge in known.items() if charge}
    asked = [_askers().submit(_ask, each) for each in charge_ids if each not in told]
    done, _ = wait(asked, timeout=PATIENCE_SECONDS, return_when=FIRST_EXCEPTION)
    for each in asked:
        each.cancel()
    for each in done:
        with suppress(StripeUnreachable):
            if charge := each.result():
                told[charge.charge_id] = charge
    return told


def _ask(charge_id: str) -> Charge | None:
    told = stripe.charge(charge_id)
    if told:
        remembered.put(told)
    return told


@cache
def _askers() -> ThreadPoolExecutor:
    """The threads that ask, of this process; made when the first is needed."""
    return ThreadPoolExecutor(max_workers=ASKED_AT_ONCE, thread_name_prefix="charges")
