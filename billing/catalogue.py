"""What is on sale: plans, in versions. What an app was shown is what it pays for.

The terms of a plan (what it gives and what it costs) never change: other terms are another
version, with an id of its own. Words, place and whether it is on sale may change at any time.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NoReturn

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import NotSupportedError, models

from billing import money, rules
from lantern_pro import clock
from lantern_pro.types import Minor


class TermsStand(NotSupportedError):
    """Something tried to change what people may have bought."""

    def __init__(self, what: models.Model | type[models.Model], fields: object) -> None:
        """Say what to do instead."""
        super().__init__(
            f"{what}: {fields} cannot change, and no row can go: somebody may have bought by it. "
            "Make a new version (billing.services.plans.next_version), or take it off sale."
        )


class StandingQuerySet(models.QuerySet[Any]):
    """Rows whose terms stand."""

    def update(self, **changes: Any) -> int:
        """Change what may change."""
        self._refuse_terms(changes)
        return super().update(**changes)

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        """Change what may change."""
        self._refuse_terms(dict.fromkeys(fields))
        return super().bulk_update(objs, fields, batch_size)

    def delete(self) -> NoReturn:
        """Refuse."""
        raise TermsStand(self.model, "rows")

    def _refuse_terms(self, changes: Mapping[str, object]) -> None:
        model: Any = self.model
        touched = sorted(set(changes) & {*model.TERMS, "id", "pk"})
        if touched:
            raise TermsStand(model, touched)


class Standing(models.Model):
    """A row of which some columns never change once it is written, and which never goes."""

    TERMS: ClassVar[tuple[str, ...]] = ()

    objects = StandingQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Write the row; ``TermsStand`` when it is there and its terms are others."""
        changed = [] if options.get("force_insert") else self.changed_terms()
        if changed:
            raise TermsStand(self, changed)
        super().save(*args, **options)

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse."""
        raise TermsStand(self, "row")

    def changed_terms(self) -> list[str]:
        """The terms that are others than those that are written; none for a new row."""
        kept = type(self).objects.filter(pk=self.pk).first()
        if kept is None:
            return []
        return [name for name in self.TERMS if _told(kept, name) != _told(self, name)]


def _told(row: models.Model, name: str) -> object:
    """A term's value; a column that a row from before does not have says as little as none."""
    return getattr(row, name) or None


class Plan(Standing):
    """A plan, in one currency and one version."""

    rows_at_most: ClassVar[int] = 5_000  # so that staff may sort and filter by any column
    TERMS = (
        "currency", "price_minor", "months", "days", "renewal_bonus", "device_limit", "proxies",
        "supersedes",
    )  # fmt: skip

    id = models.CharField(
        "plan id",
        primary_key=True,
        max_length=40,
        validators=[
            RegexValidator(
                r"^[a-z0-9]{1,16}-[a-z]{3}(-[0-9]{1,6})?$",
                "Length, currency and version, such as 1y-usd-10.",
            )
        ],
        help_text="Length, currency and version, such as 1y-usd-10. Clients buy by it.",
    )
    description = models.CharField(
        max_length=200, help_text="What clients show, such as “One year”."
    )
    translations = models.TextField(
        default="",
        blank=True,
        help_text="The description in other languages, one a line, such as “ru: Год”.",
    )
    months = models.PositiveIntegerField(
        default=0, validators=[MaxValueValidator(120)], help_text="Calendar months of Pro time."
    )
    days = models.PositiveIntegerField(
        default=0, validators=[MaxValueValidator(366)], help_text="Days of Pro time, on top."
    )
    currency = models.CharField(
        max_length=3, db_index=True, help_text="Three lower-case letters (ISO 4217), such as usd."
    )
    price_minor = models.PositiveIntegerField(
        "price",
        validators=[MinValueValidator(1)],
        help_text="In the unit that Stripe counts: 4800 is 48.00 USD, 5,200 JPY is 5200, and "
        "14900 is 14.900 KWD.",
    )
    renewal_bonus = models.TextField(
        "bonus for renewing",
        default="",
        blank=True,
        help_text="By the days that are left, one rule a line: “30: 1m 15d” gives a month and 15 "
        "days to who renews with 30 days left or more; “-14: 7d” a week until 14 days after the "
        "end. For purchases; a subscription gives none.",
    )
    device_limit = models.PositiveIntegerField(
        "devices",
        default=0,
        validators=[MaxValueValidator(100)],
        help_text="How many devices its buyers may have; 0: as many as is usual.",
    )
    proxies = models.PositiveIntegerField(
        "proxies of their own",
        default=0,
        validators=[MaxValueValidator(20)],
        help_text="How many proxies its buyers get; 0: as many as is usual.",
    )
    best_value = models.BooleanField(default=False, help_text="Clients mark it as the best offer.")
    countries = models.CharField(
        max_length=800,
        default="",
        blank=True,
        help_text="Where it is shown, such as “JP KR”; empty: everywhere.",
    )
    on_sale = models.BooleanField(default=True, db_index=True)
    position = models.PositiveIntegerField(
        default=0, db_index=True, help_text="The order in which clients show plans."
    )
    supersedes = models.CharField(  # noqa: DJ001 - one version follows, and none is not another
        "the version before", max_length=40, null=True, unique=True, editable=False
    )
    first_sold = models.DateTimeField("on sale since", null=True, editable=False)

    class Meta:
        db_table = "plan"
        managed = False
        ordering = ("position",)

    def __str__(self) -> str:
        return self.pk

    def save(self, *args: Any, **options: Any) -> None:
        """Write the plan, and note when it was first put on sale."""
        if self.on_sale and self.first_sold is None:
            self.first_sold = clock.as_datetime(clock.now())
        super().save(*args, **options)

    def clean(self) -> None:
        """Hold the fields against each other, and each small table against its form."""
        faults: dict[str, str | ValidationError] = {}
        for name, read in _READERS.items():
            try:
                read(getattr(self, name) or "")
            except ValidationError as error:
                faults[name] = error
        if fault := money.price_fault(self.price_minor or 0, self.currency or ""):
            faults["price_minor" if self.currency in money.CURRENCIES else "currency"] = fault
        if not (self.months or self.days):
            faults["months"] = "A plan gives some time: months, or days, or both."
        if self.currency and self.pk and self.pk.split("-")[1:2] != [self.currency]:
            faults["id"] = f"The id names its currency in the middle: …-{self.currency}-…"
        if faults:
            raise ValidationError(faults)

    @property
    def total_months(self) -> int:
        """Months, counting a left-over of days as none; at least one."""
        return max(1, self.months + self.days // 30)

    @property
    def price(self) -> Minor:
        """The price, typed."""
        return Minor(self.price_minor)

    @property
    def time(self) -> rules.Span:
        """How much Pro time it gives."""
        return rules.Span(self.months, self.days)

    def words(self, locale: str) -> str:
        """What clients of a locale show."""
        return rules.in_words_of(
            locale, self.description, rules.read_translations(self.translations)
        )


_READERS: Final = {
    "renewal_bonus": rules.read_renewal_rules,
    "translations": rules.read_translations,
    "countries": rules.read_countries,
}
