"""Resellers' codes: making them in batches, redeeming one, revoking a batch.

A code and who redeems it may live in two cells, and no script touches both. First the code becomes
the user's, for good, in its cell; the same script stages the job that gives what it is for in the
user's. The call gives it at once, too: both run ``give``, and a purchase is given once.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from accounts.errors import NoSuchUser
from accounts.models import User
from billing import reseller_codes
from billing.errors import WrongResellerCode
from billing.events import ResellerCodeRedeemed
from billing.managers.reseller import AT_ONCE
from billing.models import Plan, Purchase, ResellerBatch, ResellerCode
from billing.services.intents import RESELLER, Given, begin_given
from billing.services.purchases import purchase_id_of, settle
from lantern_pro import clock
from lantern_pro.errors import InvalidParameter
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.store.keys import cell_of, text_id
from lantern_pro.types import Cell, Millis, PurchaseId, UserId

MOST_CODES: Final = 20_000
"""In one batch: a file of a megabyte, some seconds of work."""


@dataclass(frozen=True, slots=True)
class MadeBatch:
    """A batch that was just made, with its codes, which nobody can ever read again."""

    batch_id: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Redeemer:
    """Who redeems a code, and by which device."""

    user_id: UserId
    device_id: str
    device_name: str = ""
    email: str = ""


def make_batch(
    *, reseller: str, plan: Plan, count: int, expires: Millis | None = None
) -> MadeBatch:
    """Make codes that give what the plan gives today, whatever becomes of the plan."""
    if not 1 <= count <= MOST_CODES:
        message = f"A batch has 1 to {MOST_CODES} codes."
        raise InvalidParameter(message, field="count")
    cell = Cell(secrets.randbelow(settings.CELLS))
    batch_id = text_id(cell, secrets.token_hex(5))
    gives = {
        "plan": plan.pk,
        "description": plan.description,
        "currency": plan.currency,
        "months": str(plan.months),
        "days": str(plan.days),
        "device_limit": str(plan.device_limit or ""),
        "proxies": str(plan.proxies or ""),
        **({"expires": str(expires)} if expires else {}),
    }
    ResellerBatch.objects.make(batch_id, reseller=reseller, now=clock.now(), gives=gives)
    codes = [reseller_codes.new_code(cell) for _ in range(count)]
    ids = [reseller_codes.code_id_of(code) or "" for code in codes]
    for start in range(0, count, AT_ONCE):
        ResellerBatch.objects.add_codes(batch_id, ids[start : start + AT_ONCE], first=start + 1)
    return MadeBatch(batch_id, tuple(map(reseller_codes.in_groups, codes)))


def as_csv(made: MadeBatch, plan: str) -> str:
    """The codes of a batch as a file: number, code, plan, batch."""
    lines = ["number,code,plan,batch"]
    lines += [
        f"{number},{code},{plan},{made.batch_id}" for number, code in enumerate(made.codes, start=1)
    ]
    return "\r\n".join(lines) + "\r\n"


def redeem_code(written: str, redeemer: Redeemer) -> Purchase:
    """Redeem a code; by the same user again it is the same purchase.

    ``WrongResellerCode`` when there is no such code, or it is another's, over or revoked.
    """
    code_id = reseller_codes.code_id_of(written)
    if code_id is None:
        raise WrongResellerCode(field="resellerCode")
    user_id = redeemer.user_id
    event = ResellerCodeRedeemed(cell_of(code_id), code_id, user_id)
    ResellerCode.objects.redeem(
        code_id,
        user_id=user_id,
        purchase_id=redeemed_as(code_id, user_id),
        now=clock.now(),
        follow=following(event),
    )
    return give(code_id, redeemer)


def give(code_id: str, redeemer: Redeemer) -> Purchase:
    """Give who has redeemed a code what it is for; again, it is the same."""
    code = ResellerCode.objects.get(pk=code_id)
    batch = ResellerBatch.objects.get(pk=code.batch)
    purchase_id = redeemed_as(code_id, redeemer.user_id)
    begin_given(
        purchase_id,
        Given(
            provider=RESELLER,
            fact=f"reseller.{batch.pk}.{code.serial}",
            terms={
                "plan": batch.plan,
                "description": batch.description,
                "months": str(batch.months),
                "days": str(batch.days),
                "device_limit": batch.device_limit or "",
                "proxies": batch.proxies or "",
                "currency": batch.currency,
            },
            user_id=redeemer.user_id,
            device_id=redeemer.device_id,
            device_name=redeemer.device_name,
            email=redeemer.email,
        ),
    )
    return settle(purchase_id).purchase


def give_by_job(code_id: str, user_id: UserId, job: LeasedJob) -> None:
    """Give it should the call not have come so far; an account that is gone gets nothing."""
    account = User.objects.get_account(user_id)
    if account and account.devices:
        with suppress(NoSuchUser):
            give(code_id, Redeemer(user_id, account.devices[0].device_id))
    ledger.complete(job.fence)


def revoke_batch(batch_id: str) -> bool:
    """Let no code of a batch be redeemed any more; False when that was so before."""
    return ResellerBatch.objects.revoke(batch_id, now=clock.now())


def redeemed_as(code_id: str, user_id: UserId) -> PurchaseId:
    """The purchase that a user gets for a code."""
    return purchase_id_of(user_id, f"{RESELLER}|{code_id}")
