"""What apps would be told of the catalogue: the page on which staff look before they sell."""

import json
from datetime import UTC, datetime, time
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from billing.api.plans import Plans, PlansV3, PlansV4, PlansV5
from billing.models import Plan
from billing.rules import DAY_MS
from billing.services.countries import CURRENCY_OF
from billing.services.offers import Customer, Offer, offers_to
from lantern_pro import clock
from lantern_pro.mail.languages import LANGUAGES

NOON: Final = time(12)
FORMS: Final = (
    ("/plans", "groups A, B and C (2016 to 2025), Android from 2020", Plans),
    ("/plans-v3", "Android and group D, older versions", PlansV3),
    ("/plans-v4", "group D", PlansV4),
    ("/plans-v5", "groups D and E, newest versions", PlansV5),
)
"""Every form of the catalogue, and which apps ask for it (docs/protocol.md)."""


class PreviewForm(forms.Form):
    """Who looks, from where, and when."""

    country = forms.CharField(
        required=False,
        max_length=2,
        widget=UnfoldAdminTextInputWidget,
        help_text="Two letters, such as JP. Empty: the app does not say.",
    )
    locale = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    days_left = forms.IntegerField(
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Of the time that they bought; negative: since its end. Empty: never bought.",
    )
    coupon = forms.CharField(required=False, max_length=64, widget=UnfoldAdminTextInputWidget)
    day = forms.DateField(
        required=False, widget=UnfoldAdminSingleDateWidget, help_text="Empty: now."
    )
    also = forms.ChoiceField(
        required=False,
        label="As if on sale",
        widget=UnfoldAdminSelectWidget,
        help_text="A plan that was never on sale yet.",
    )

    def __init__(self, *told: Any) -> None:
        """Offer the languages, and the plans that are not on sale."""
        super().__init__(*told)
        options: Any = self.fields
        options["locale"].choices = [(each, each) for each in LANGUAGES]
        hidden = Plan.objects.filter(on_sale=False, first_sold=None)
        options["also"].choices = [("", "-"), *((plan.pk, str(plan)) for plan in hidden)]

    def clean_country(self) -> str:
        """A country that there is, or none."""
        country: str = self.cleaned_data["country"].upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):  # noqa: PLR2004
            message = "Two letters, such as JP."
            raise forms.ValidationError(message)
        return country


def preview(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    """The page; ``told`` is what every page of the admin shows."""
    form = PreviewForm(request.GET)
    shown: dict[str, Any] = {}
    if form.is_valid():
        offers = _offers(**form.cleaned_data)
        locale = form.cleaned_data["locale"]
        shown = {
            "heads": HEADS,
            "rows": [_row(offer, locale) for offer in offers],
            "answers": [
                (path, who, _as_sent({"status": "ok", **view.fields(offers, locale)}))
                for path, who, view in FORMS
            ],
            "currency": CURRENCY_OF.get(form.cleaned_data["country"], "usd").upper(),
        }
    page = {**told, "title": "What apps are shown", "form": form, **shown}
    return render(request, "billing/preview.html", page)


HEADS: Final = ("id", "shown as", "price", "a month", "on top", "said to who renews")


def _offers(
    *, country: str, locale: str, days_left: int | None, coupon: str, day: Any, also: str
) -> list[Offer]:
    del locale
    left_ms = None if days_left is None else days_left * DAY_MS
    return offers_to(
        Customer(country, left_ms, coupon),
        also=Plan.objects.filter(pk=also) if also else (),
        at=clock.as_millis(datetime.combine(day, NOON, UTC)) if day else None,
    )


def _row(offer: Offer, locale: str) -> tuple[object, ...]:
    told: Any = Plans.fields([offer], locale)["plans"]
    names = ("id", "description", "totalCost", "oneMonthCost", "formattedBonus", "renewalText")
    return tuple(told[0][name] for name in names)


def _as_sent(answer: dict[str, object]) -> str:
    """The answer byte for byte as apps get it, but for the line breaks."""
    return json.dumps(answer, ensure_ascii=True, indent=2)
