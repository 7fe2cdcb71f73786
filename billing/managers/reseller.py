"""How resellers' batches and codes are stored and read: one method a script, and plain reads.

A batch and all of its codes lie in one cell, which every code names.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from django.db import models

from billing.errors import NoSuchBatch, WrongResellerCode
from billing.keys import RESELLER_BATCHES, RESELLER_CODES
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import script
from lantern_pro.types import Millis, PurchaseId, UserId

if TYPE_CHECKING:
    from billing.reseller import ResellerBatch, ResellerCode  # noqa: F401 - types of managers

AT_ONCE: Final = 500
"""How many codes one script adds: it must not hold the server up."""


class ResellerBatchManager(models.Manager["ResellerBatch"]):
    """Batches."""

    def make(self, batch_id: str, *, reseller: str, now: Millis, gives: Mapping[str, str]) -> None:
        """Make a batch, as yet without codes; making it again changes nothing."""
        cell = cell_of(batch_id)
        outcome = script("billing/make_reseller_batch")(
            batch=RESELLER_BATCHES.row(batch_id),
            by_id=RESELLER_BATCHES.by("id", cell=cell),
            by_created=RESELLER_BATCHES.by("created", cell=cell),
            lex_reseller=RESELLER_BATCHES.lex("reseller", cell=cell),
            batch_id=batch_id,
            folded=reseller.casefold(),
            now=now,
            columns=json.dumps({**gives, "reseller": reseller}),
        )
        match outcome:
            case ["made" | "known"]:
                return
        raise AssertionError(outcome)

    def add_codes(self, batch_id: str, ids: Sequence[str], *, first: int) -> int:
        """Add codes, numbered from ``first`` on; how many the batch has now."""
        cell = cell_of(batch_id)
        outcome = script("billing/add_reseller_codes")(
            rest=[RESELLER_CODES.row(each) for each in ids],
            batch=RESELLER_BATCHES.row(batch_id),
            by_id=RESELLER_CODES.by("id", cell=cell),
            lex_batch=RESELLER_CODES.lex("batch", cell=cell),
            batch_id=batch_id,
            codes=json.dumps([[each, first + place] for place, each in enumerate(ids)]),
        )
        match outcome:
            case ["added", count]:
                return int(str(count))
            case ["no_such_batch"]:
                raise NoSuchBatch
        raise AssertionError(outcome)

    def revoke(self, batch_id: str, *, now: Millis) -> bool:
        """Revoke a batch; False when it was revoked before."""
        outcome = script("billing/revoke_reseller_batch")(
            batch=RESELLER_BATCHES.row(batch_id), now=now
        )
        match outcome:
            case ["revoked"]:
                return True
            case ["revoked_before"]:
                return False
            case ["no_such_batch"]:
                raise NoSuchBatch
        raise AssertionError(outcome)


class ResellerCodeManager(models.Manager["ResellerCode"]):
    """Codes."""

    def redeem(
        self,
        code_id: str,
        *,
        user_id: UserId,
        purchase_id: PurchaseId,
        now: Millis,
        follow: Sequence[NewJob],
    ) -> bool:
        """Make a code a user's; False when it was theirs before, ``WrongResellerCode`` else."""
        cell = cell_of(code_id)
        batch_id = text_client().hget(RESELLER_CODES.row(code_id), "batch")
        if batch_id is None:
            raise WrongResellerCode(field="resellerCode")
        outcome = ledger.apply(
            "billing/redeem_reseller_code",
            Work(cell, follow=follow),
            code=RESELLER_CODES.row(code_id),
            batch=RESELLER_BATCHES.row(batch_id),
            by_redeemed=RESELLER_CODES.by("redeemed", cell=cell),
            by_user_id=RESELLER_CODES.by("user_id", cell=cell),
            code_id=code_id,
            user_id=user_id,
            purchase_id=purchase_id,
            now=now,
        )
        match outcome:
            case ["redeemed"]:
                return True
            case ["known"]:
                return False
            case ["wrong"]:
                raise WrongResellerCode(field="resellerCode")
        raise AssertionError(outcome)
