"""What staff are asked and told of money that goes back."""

import secrets
from collections.abc import Iterable

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from billing.gateways.base import Stands
from billing.managers.returns import refunds_of, returns_of
from billing.models import Purchase
from billing.money import price_text
from lantern_pro import clock
from lantern_pro.backoffice.button import Reason
from lantern_pro.types import Millis

NONCE_BYTES = 12
_STANDS = {
    Stands.NOTHING: "took no time",
    Stands.TAKEN: "took its part of the time",
    Stands.RESTORED: "came to nothing: the time is there again",
}


class RefundForm(Reason):
    """Asks how much and why. ``nonce`` makes the form one wish, however often it is sent."""

    amount = forms.IntegerField(
        required=False,
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text="In the currency's smallest unit: 4800 is $48.00, and 5200 is ¥5200. Empty: all "
        "that is left.",
    )
    nonce = forms.CharField(
        max_length=40,
        widget=forms.HiddenInput(),
        initial=lambda: secrets.token_urlsafe(NONCE_BYTES),
    )


def returned_words(purchase: Purchase) -> list[str]:
    """Each refund and dispute that Stripe told of, in words."""
    return [
        f"{_minute(each.at)}: {each.fact.partition('.')[2]}, "
        f"{price_text(each.minor, purchase.currency)}, {each.state}; {_STANDS[each.stands]}"
        for each in returns_of(purchase.purchase_id)
    ]


def refund_words(purchase: Purchase) -> list[str]:
    """Each refund that staff began, in words."""
    ends = {"begun": "Stripe has not answered yet", "done": "done", "refused": "refused"}
    return [
        f"{_minute(each.at)}: {price_text(each.amount, purchase.currency)}, {ends[each.state]}"
        f"{f' ({each.told})' if each.told else ''}. Why: {each.why}"
        for each in refunds_of(purchase.purchase_id)
    ]


def lines(words: Iterable[str]) -> SafeString | None:
    """Words below each other; None for none."""
    return format_html_join(mark_safe("<br>"), "{}", ((each,) for each in words)) or None


def _minute(at: Millis) -> str:
    return f"{clock.as_datetime(at):%Y-%m-%d %H:%M}"
