"""Plans and purchases."""

from typing import ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from accounts.services.personal import unseal
from billing.managers import PurchaseManager
from lantern_pro.store.models import DomainModel
from lantern_pro.types import Minor, PurchaseId, UserId

ZERO_DECIMAL = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
"""Currencies whose smallest unit is the whole one (Stripe's list)."""


class Plan(models.Model):
    """A plan on sale, in one currency."""

    rows_at_most: ClassVar[int] = 1_000  # so that staff may sort and filter by any column

    id = models.CharField(
        "plan id",
        primary_key=True,
        max_length=40,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", "Such as 1y-usd-10.")],
        help_text="Duration, currency and version, such as 1y-usd-10. Clients buy by it.",
    )
    description = models.CharField(
        max_length=200, help_text="What clients show, such as “One year”."
    )
    months = models.PositiveIntegerField(default=0, help_text="Calendar months of Pro time.")
    days = models.PositiveIntegerField(default=0, help_text="Days of Pro time, on top.")
    currency = models.CharField(
        max_length=3,
        db_index=True,
        validators=[RegexValidator(r"^[a-z]{3}$", "Three lower-case letters (ISO 4217).")],
        help_text="Three lower-case letters, such as usd.",
    )
    price_minor = models.PositiveIntegerField(
        "price",
        validators=[MinValueValidator(1)],
        help_text="In the currency's smallest unit: 4800 is $48.00, and 5200 is ¥5200.",
    )
    device_limit = models.PositiveIntegerField(
        default=0, help_text="How many devices its buyers may have; 0: as many as is usual."
    )
    best_value = models.BooleanField(default=False, help_text="Clients mark it as the best offer.")
    on_sale = models.BooleanField(default=True, db_index=True)
    position = models.PositiveIntegerField(
        default=0, db_index=True, help_text="The order in which clients show plans."
    )

    class Meta:
        db_table = "plan"
        managed = False
        ordering = ("position",)

    def __str__(self) -> str:
        return self.pk

    @property
    def total_months(self) -> int:
        """Months, counting a left-over of days as none; at least one."""
        return max(1, self.months + self.days // 30)


class Purchase(DomainModel):
    """A purchase. Only Stripe's ids are kept of the payment; the rest is asked of Stripe."""

    written_by: ClassVar[str] = "billing.services.purchases"

    class State(models.TextChoices):
        """How far a purchase has come. Every one ends as paid or declined."""

        BEGUN = "begun", "pending"
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
    source = models.CharField("Stripe's token or payment method", max_length=80)
    payment_intent = models.CharField(max_length=80, null=True)  # noqa: DJ001 - absent till paid
    charge_id = models.CharField(max_length=80, null=True, db_index=True)  # noqa: DJ001
    email_sealed = models.TextField(default="")
    email_hash = models.CharField(max_length=64, default="")
    device_id = models.CharField(max_length=256)
    device_name = models.CharField(max_length=120, default="")
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
    def email(self) -> str:
        """Where the receipt goes, in clear, for those who may see it; empty when nobody said."""
        return unseal(self.email_sealed)

    @property
    def price(self) -> str:
        """The amount as people write it."""
        return price_text(Minor(self.amount_minor), self.currency)


def price_text(amount: Minor, currency: str) -> str:
    """Money as people write it, with as many decimals as the currency has."""
    if currency in ZERO_DECIMAL:
        return f"{amount:,} {currency.upper()}"
    return f"{amount // 100:,}.{amount % 100:02d} {currency.upper()}"
