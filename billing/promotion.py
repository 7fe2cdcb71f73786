"""Promotions: less to pay or more time, for a while, for some, or by a code.

What a promotion gives never changes, as with plans: an app may have shown it. When it runs, where
and how often may change at any time. How often it was used is counted beside the row, by scripts.
"""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

from billing import rules
from billing.catalogue import Plan, Standing
from lantern_pro import clock
from lantern_pro.types import Millis


class Promotion(Standing):
    """A promotion. Without a code it applies by itself; with one, to who sends the code."""

    rows_at_most: ClassVar[int] = 1_000
    TERMS = ("percent", "months", "first_purchase")

    id = models.CharField(
        "promotion id",
        primary_key=True,
        max_length=20,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9]*$", "Small letters and digits, such as spring27.")
        ],
        help_text="Small letters and digits, such as spring27. Apps see it in the plan's id.",
    )
    note = models.CharField(
        max_length=200, default="", blank=True, help_text="What it is for. Staff read it."
    )
    percent = models.PositiveIntegerField(
        "percent off",
        default=0,
        validators=[MaxValueValidator(90)],
        help_text="0 to 90. The price is rounded down to what can be charged.",
    )
    months = models.PositiveIntegerField(
        "months on top", default=0, validators=[MaxValueValidator(24)]
    )
    first_purchase = models.BooleanField(
        "first purchase only", default=False, help_text="One such offer in an account's life."
    )
    on = models.BooleanField("running", default=True, db_index=True)
    starts = models.DateTimeField(null=True, blank=True, help_text="Empty: it runs already.")
    ends = models.DateTimeField(null=True, blank=True, help_text="Empty: it runs on.")
    countries = models.CharField(
        max_length=800,
        default="",
        blank=True,
        help_text="Where it is offered, such as “JP KR”; empty: everywhere.",
    )
    plans = models.CharField(
        max_length=800,
        default="",
        blank=True,
        help_text="For which plans, by length or by id, such as “1y 2y-usd-10”; empty: for all.",
    )
    uses_limit = models.PositiveIntegerField(
        "how often", default=0, help_text="How many purchases it is for in all; 0: no limit."
    )
    code = models.CharField(
        max_length=32,
        default="",
        blank=True,
        db_index=True,
        validators=[
            RegexValidator(r"^[A-Z0-9][A-Z0-9-]{2,31}$", "Capital letters, digits and dashes.")
        ],
        help_text="What people type, such as SPRING-27; empty: everybody whom it is for has it.",
    )

    class Meta:
        db_table = "promotion"
        managed = False
        ordering = ("id",)

    def __str__(self) -> str:
        return self.pk

    def clean(self) -> None:
        """Hold the fields against each other."""
        faults: dict[str, str | ValidationError] = {}
        if not (self.percent or self.months):
            faults["percent"] = "It gives nothing yet: take something off, or add months."
        if self.starts and self.ends and self.starts >= self.ends:
            faults["ends"] = "It ends before it starts."
        others = Promotion.objects.filter(code=self.code).exclude(pk=self.pk)
        if self.code and others:
            faults["code"] = f"{others[0]} has this code."
        try:
            rules.read_countries(self.countries or "")
        except ValidationError as error:
            faults["countries"] = error
        if self.pk and not self.changed_plans_are_known():
            faults["plans"] = "No plan has such a length or id. Write “1y”, or “1y-usd-10”."
        if faults:
            raise ValidationError(faults)

    def changed_plans_are_known(self) -> bool:
        """Whether there is a plan for every word of the list."""
        known = [plan.pk for plan in Plan.objects.all()]
        return all(
            any(plan_id == word or plan_id.startswith(f"{word}-") for plan_id in known)
            for word in self._words
        )

    def is_for(self, plan: Plan) -> bool:
        """Whether it is for a plan."""
        words = self._words
        return not words or any(plan.pk == word or plan.pk.startswith(f"{word}-") for word in words)

    def runs(self, now: Millis, *, grace_ms: int = 0) -> bool:
        """Whether it runs at a moment, or ended no longer ago than the grace."""
        has_begun = self.starts is None or clock.as_millis(self.starts) <= now
        has_ended = self.ends is not None and clock.as_millis(self.ends) + grace_ms <= now
        return bool(self.on) and has_begun and not has_ended

    @property
    def _words(self) -> list[str]:
        return (self.plans or "").lower().replace(",", " ").split()
