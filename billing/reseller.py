"""Batches of resellers' codes, and the codes, as staff screens read them."""

from typing import ClassVar

from django.db import models

from billing.managers.reseller import ResellerBatchManager, ResellerCodeManager
from lantern_pro import clock
from lantern_pro.store.models import DomainModel

LONGEST_NAME = 80
WRITTEN_BY = "billing.services.reseller"


class ResellerBatch(DomainModel):
    """Codes that a reseller was given. What they give was fixed when they were made."""

    written_by: ClassVar[str] = WRITTEN_BY

    id = models.CharField("batch", primary_key=True, max_length=40)
    created = models.DateTimeField("made", db_index=True)
    reseller = models.CharField(max_length=LONGEST_NAME, db_index=True)
    plan = models.CharField(max_length=40)
    description = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    months = models.IntegerField()
    days = models.IntegerField()
    device_limit = models.CharField("devices", max_length=8, default="")
    proxies = models.CharField("proxies of the buyer's own", max_length=8, default="")
    codes = models.IntegerField(default=0)
    redeemed = models.IntegerField(default=0)
    expires = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    objects = ResellerBatchManager()

    class Meta:
        db_table = "reseller_batch"
        managed = False
        verbose_name_plural = "reseller batches"
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"{self.reseller}, {self.plan}"

    @property
    def standing(self) -> str:
        """What becomes of a code of it that somebody redeems now."""
        if self.revoked:
            return "revoked"
        is_over = self.expires is not None and clock.as_millis(self.expires) <= clock.now()
        return "expired" if is_over else "good"


class ResellerCode(DomainModel):
    """One code, by its hash: the code itself is nowhere."""

    written_by: ClassVar[str] = WRITTEN_BY

    id = models.CharField("hash of the code", primary_key=True, max_length=60)
    batch = models.CharField(max_length=40, db_index=True)
    serial = models.IntegerField("number in the batch")
    redeemed = models.DateTimeField(null=True, db_index=True)
    user_id = models.BigIntegerField("redeemed by", null=True, db_index=True)
    purchase_id = models.CharField(max_length=80, null=True)  # noqa: DJ001 - absent till redeemed

    objects = ResellerCodeManager()

    class Meta:
        db_table = "reseller_code"
        managed = False
        ordering = ("id",)

    def __str__(self) -> str:
        return f"code {self.serial} of {self.batch}"
