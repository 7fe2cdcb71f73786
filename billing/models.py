"""Plans and purchases."""

from typing import ClassVar

from django.db import models

from accounts.models import User
from accounts.services.personal import unseal
from billing.catalogue import Plan
from billing.drift import Drift
from billing.managers import PurchaseManager
from billing.money import price_text
from billing.promotion import Promotion
from billing.reseller import ResellerBatch, ResellerCode
from billing.subscription import Subscription
from lantern_pro.store.models import DomainModel
from lantern_pro.types import Minor, PurchaseId, UserId

__all__ = [
    "Drift",
    "Plan",
    "Promotion",
    "Purchase",
    "ResellerBatch",
    "ResellerCode",
    "Subscription",
]


class Purchase(DomainModel):
    """A purchase. Only Stripe's ids are kept of the payment; the rest is asked of Stripe."""

    written_by: ClassVar[str] = "billing.services.purchases"

    class State(models.TextChoices):
        """How far a purchase has come. Every one ends as paid or declined."""

        BEGUN = "begun", "pending"
        WAITING = "waiting", "waits for the buyer"
        PAID = "paid", "paid"
        DECLINED = "declined", "declined"

    id = models.CharField("purchase id", primary_key=True, max_length=80)
    user_id = models.BigIntegerField("user id", db_index=True)
    created = models.DateTimeField(db_index=True)
    settled = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, choices=State.choices, db_index=True)
    reason = models.CharField("why declined", max_length=80, default="")
    plan = models.CharField(max_length=40)
    description = models.CharField(max_length=200, default="")
    months = models.IntegerField(default=0)
    days = models.IntegerField(default=0)
    renewal_months = models.IntegerField("months for renewing", default=0)
    renewal_days = models.IntegerField("days for renewing", default=0)
    promotion = models.CharField(max_length=40, default="")
    promotion_months = models.IntegerField("months by promotion", default=0)
    device_limit = models.CharField("devices", max_length=8, default="")
    proxies = models.CharField("proxies of the buyer's own", max_length=8, default="")
    amount_minor = models.BigIntegerField("amount, in the smallest unit")
    currency = models.CharField(max_length=3)
    way = models.CharField("way of paying", max_length=20, default="")
    at_stripe = models.CharField("what waits at Stripe", max_length=80, null=True)  # noqa: DJ001
    provider = models.CharField(max_length=20, default="")
    source = models.CharField("Stripe's token or payment method", max_length=80)
    subscription = models.CharField("renews", max_length=80, default="")
    begins_it = models.CharField("is its first payment", max_length=1, default="")
    payment_intent = models.CharField(max_length=80, null=True)  # noqa: DJ001 - absent till paid
    charge_id = models.CharField(max_length=80, null=True, db_index=True)  # noqa: DJ001
    email_sealed = models.TextField(default="")
    email_hash = models.CharField(max_length=64, default="")
    device_id = models.CharField(max_length=256)
    device_name = models.CharField(max_length=120, default="")
    returned_minor = models.BigIntegerField("went back, in the smallest unit", default=0)
    mail_id = models.CharField("receipt mail", max_length=80, null=True)  # noqa: DJ001
    digest = models.CharField(max_length=64)

    objects = PurchaseManager()

    class Meta:
        db_table = "purchase"
        managed = False
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"purchase {self.pk}"

    @property
    def purchase_id(self) -> PurchaseId:
        """The id, typed."""
        return PurchaseId(self.pk)

    @property
    def buyer(self) -> UserId:
        """The buyer's id, typed."""
        return UserId(self.user_id)

    @property
    def is_nobodys(self) -> bool:
        """Whether its buyer was erased before it was paid, so that it never will be given."""
        is_paid = self.state == self.State.PAID
        return not is_paid and User.objects.get_account(self.buyer) is None

    @property
    def is_open(self) -> bool:
        """Whether nobody knows yet how it ends."""
        return self.state in {self.State.BEGUN, self.State.WAITING}

    @property
    def email(self) -> str:
        """Where the receipt goes, in clear, for those who may see it; empty when nobody said."""
        return unseal(self.email_sealed)

    @property
    def price(self) -> str:
        """The amount as people write it."""
        return price_text(Minor(self.amount_minor), self.currency)
