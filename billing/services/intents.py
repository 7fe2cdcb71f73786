"""What a purchase records before anything is given: the person, and what was paid elsewhere."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from accounts.services.personal import email_hash, normal_email, seal
from billing.events import PurchaseBegun
from billing.models import Purchase
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.store.keys import cell_of
from lantern_pro.types import PurchaseId, UserId

RESELLER: Final = "reseller-code"
"""In place of a vendor: a reseller was paid, and the buyer has a code of theirs."""


@dataclass(frozen=True, slots=True)
class Given:
    """What was paid for elsewhere: ``fact`` names the payment, once for all purchases."""

    provider: str
    fact: str
    terms: Mapping[str, str]
    user_id: UserId
    device_id: str
    device_name: str
    email: str


def begin_given(purchase_id: PurchaseId, given: Given) -> None:
    """Record the intent to give what was paid for elsewhere; again, it changes nothing."""
    Purchase.objects.begin(
        purchase_id=purchase_id,
        user_id=given.user_id,
        now=clock.now(),
        intent={
            **given.terms,
            "amount_minor": "0",
            "provider": given.provider,
            "source": given.fact,
            **person(given.device_id, given.device_name, given.email),
            "reason": "",
        },
        digest=hashlib.sha256(given.fact.encode()).hexdigest(),
        follow=following(PurchaseBegun(cell_of(purchase_id), purchase_id)),
    )


def person(device_id: str, device_name: str, email: str) -> dict[str, str]:
    """What a purchase keeps of the person until they are erased; the address is sealed."""
    address = normal_email(email) if email else ""
    return {
        "device_id": device_id,
        "device_name": device_name,
        "email_sealed": seal(address) if address else "",
        "email_hash": email_hash(address) if address else "",
    }
