"""Subscriptions: plans that renew until somebody ends them."""

from typing import ClassVar

from django.db import models

from accounts.models import User
from accounts.services.personal import unseal
from billing.gateways.base import DISPUTE
from billing.managers.subscriptions import SubscriptionManager
from billing.money import price_text
from lantern_pro.store.models import DomainModel
from lantern_pro.types import Minor, SubscriptionId, UserId


class Subscription(DomainModel):
    """A subscription. Stripe has it; here is how it stood when Stripe was asked last."""

    written_by: ClassVar[str] = "billing.services.subscriptions"

    class State(models.TextChoices):
        """How a subscription stands."""

        BEGUN = "begun", "pending"
        INCOMPLETE = "incomplete", "waits for its first payment"
        ACTIVE = "active", "renews"
        ENDING = "ending", "ends with its period"
        PAST_DUE = "past_due", "renewal not paid"
        ENDED = "ended", "ended"

    UNPAID_YET: ClassVar[frozenset[str]] = frozenset({State.BEGUN, State.INCOMPLETE})
    """States in which it waits for its first payment."""

    BY_STAFF: ClassVar[str] = "unknown-to-stripe"
    """Why it has ended, when staff ended it here because Stripe does not know it."""

    id = models.CharField("subscription id", primary_key=True, max_length=80)
    user_id = models.BigIntegerField("user id", db_index=True)
    created = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=16, choices=State.choices, db_index=True)
    plan = models.CharField(max_length=40)
    description = models.CharField(max_length=200, default="")
    amount_minor = models.BigIntegerField("amount, in the smallest unit")
    promotion = models.CharField(max_length=40, default="")
    promotion_months = models.IntegerField("months by promotion", default=0)
    first_minor = models.BigIntegerField("first payment, in the smallest unit", default=0)
    currency = models.CharField(max_length=3)
    way = models.CharField("way of paying", max_length=20, default="")
    at_stripe = models.CharField("subscription at Stripe", max_length=80, default="")
    checkout = models.CharField("checkout at Stripe", max_length=80, default="")
    customer = models.CharField("customer at Stripe", max_length=80, default="")
    invoice = models.CharField("latest invoice", max_length=80, default="")
    period_end = models.DateTimeField("period ends", null=True)
    check_at = models.DateTimeField("looked at again", null=True, db_index=True)
    asked_at = models.BigIntegerField("asked about, ms", default=0)
    change_to = models.CharField("is to be this plan", max_length=40, default="")
    change_key = models.CharField(max_length=40, default="")
    change_begun = models.BigIntegerField(default=0)
    stopped_by = models.CharField("why it does not renew", max_length=40, default="")
    stopped_at = models.BigIntegerField("since when, ms", default=0)
    email_sealed = models.TextField(null=True)  # noqa: DJ001 - absent once it is stripped
    wish = models.CharField("what was asked for", max_length=64, default="")
    email_hash = models.CharField(max_length=64, default="")

    objects = SubscriptionManager()

    class Meta:
        """Where it is kept."""

        db_table = "subscription"
        managed = False
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"subscription {self.pk}"

    @property
    def subscription_id(self) -> SubscriptionId:
        """The id, typed."""
        return SubscriptionId(self.pk)

    @property
    def subscriber(self) -> UserId:
        """The subscriber's id, typed."""
        return UserId(self.user_id)

    @property
    def is_unpaid_yet(self) -> bool:
        """Whether it waits for its first payment."""
        return self.state in self.UNPAID_YET

    @property
    def is_stopped_by_dispute(self) -> bool:
        """Whether it does not renew while a bank decides about one of its payments."""
        return self._was_stopped and self.state != self.State.ENDED

    @property
    def is_ended_by_dispute(self) -> bool:
        """Whether it has ended because a bank decided against one of its payments, or took long."""
        return self._was_stopped and self.state == self.State.ENDED

    @property
    def is_ended_as_unknown(self) -> bool:
        """Whether staff have ended it here, because Stripe does not know it."""
        return self.state == self.State.ENDED and self.stopped_by == self.BY_STAFF

    @property
    def _was_stopped(self) -> bool:
        return (self.stopped_by or "").partition(".")[0] == DISPUTE

    @property
    def has_owner(self) -> bool:
        """Whether the subscriber has not been erased."""
        return User.objects.get_account(self.subscriber) is not None

    @property
    def is_stripped(self) -> bool:
        """Whether what tells of the subscriber was taken off, because they were erased."""
        return self.email_sealed is None

    @property
    def email(self) -> str:
        """Where receipts go, in clear; empty when nobody said."""
        return unseal(self.email_sealed or "")

    @property
    def price(self) -> str:
        """The amount as people write it."""
        return price_text(Minor(self.amount_minor), self.currency)

    @property
    def first_price(self) -> str:
        """What the first payment is by a promotion, as people write it; empty without one."""
        return price_text(Minor(self.first_minor), self.currency) if self.promotion else ""
