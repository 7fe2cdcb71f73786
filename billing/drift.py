"""What Stripe and the books here disagree on, as staff screens read it."""

from typing import ClassVar

from django.db import models

from lantern_pro.store.models import DomainModel


class Drift(DomainModel):
    """One thing at Stripe that does not agree, or not yet. It is forgotten as soon as it does."""

    written_by: ClassVar[str] = "billing.services.reconciliation"

    class State(models.TextChoices):
        """Whether somebody is to see to it."""

        OPEN = "open", "open"
        DISMISSED = "dismissed", "dismissed"

    id = models.CharField("drift", primary_key=True, max_length=80)
    kind = models.CharField("what is wrong", max_length=40)
    purchase = models.CharField("purchase, or subscription", max_length=80, default="")
    fact = models.CharField(max_length=200, default="")
    first = models.DateTimeField("since", db_index=True)
    last = models.DateTimeField("looked at", db_index=True)
    state = models.CharField(max_length=16, choices=State.choices, db_index=True)
    reason = models.CharField("why dismissed", max_length=500, null=True)  # noqa: DJ001 - absent

    class Meta:
        """Where it is kept."""

        db_table = "drift"
        managed = False
        verbose_name_plural = "drift"
        ordering = ("first",)

    def __str__(self) -> str:
        return f"drift {self.at_stripe}"

    @property
    def at_stripe(self) -> str:
        """Stripe's id of the thing."""
        return self.pk.partition(".")[2]
