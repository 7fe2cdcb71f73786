"""Purchases, which staff look at; plans have a module of their own."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.enums import ActionVariant

from billing import plan_admin, promotion_admin, reseller_admin
from billing.models import Purchase
from billing.money import price_text
from billing.reconciliation_words import reconciliation_shown
from billing.refund_words import RefundForm, lines, refund_words, returned_words
from billing.rules import Span
from billing.services.refunds import refund
from billing.words import span_words
from lantern_pro.backoffice.button import Pressed, button
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin
from lantern_pro.errors import LanternError
from lantern_pro.types import Minor

__all__ = ["plan_admin", "promotion_admin", "reseller_admin"]


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    """Purchases, found by charge."""

    list_display = ("created", "state_label", "plan", "price_label", "user_link", "charge_id")
    list_filter = ("state",)
    date_hierarchy = "created"
    search_fields = ("=charge_id", "=id")
    search_help_text = "A charge id (ch_…) or a purchase id"
    list_before_template = "billing/reconciliation.html"
    actions_detail = ("give_money_back",)
    fieldsets = (
        (None, {"fields": ("id", "user_link", "state_label", "reason", "created", "settled")}),
        (
            "What was bought",
            {
                "fields": (
                    "plan",
                    "price_label",
                    ("months", "days"),
                    "bonuses",
                    ("device_limit", "proxies"),
                )
            },
        ),
        ("Money that went back", {"fields": ("returned", "refunds")}),
        ("At Stripe", {"fields": ("payment_intent", "charge_id", "source")}),
        ("Receipt", {"fields": ("mail_id",)}),
        ("Device", {"fields": (("device_name", "device_id"),)}),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, and what does not agree with Stripe."""
        page: HttpResponse = super().changelist_view(
            request, {**(extra_context or {}), **reconciliation_shown()}
        )
        return page

    @display(
        description="state",
        ordering="state",
        label={
            "paid": "success",
            "declined": "danger",
            "pending": "warning",
            "refunded": "danger",
            "partly refunded": "warning",
            "waits for the buyer": "info",
        },
    )
    def state_label(self, purchase: Purchase) -> str:
        """The state, coloured; money that went back goes before its having been paid."""
        back = purchase.returned_minor or 0
        if not back:
            return str(purchase.get_state_display())
        return "refunded" if back >= purchase.amount_minor else "partly refunded"

    @display(description="by Stripe", empty_value="nothing")
    def returned(self, purchase: Purchase) -> str | None:
        """Each refund and dispute that Stripe told of."""
        return lines(returned_words(purchase))

    @display(description="by staff", empty_value="nothing")
    def refunds(self, purchase: Purchase) -> str | None:
        """Each refund that staff began, and what came of it."""
        return lines(refund_words(purchase))

    @button(
        label="Give money back",
        permission="act",
        question="The money goes back to the card, and with it goes the time that it bought, the "
        "bonuses and the proxies, in the same part. It cannot be undone.",
        asks=RefundForm,
        variant=ActionVariant.DANGER,
    )
    def give_money_back(
        self, purchase: Purchase, *, amount: int | None, reason: str, nonce: str
    ) -> Pressed:
        """Have Stripe give it back; what it takes from the buyer follows within seconds."""
        wanted = None if amount is None else Minor(amount)
        try:
            made = refund(purchase.purchase_id, amount=wanted, why=reason, nonce=nonce)
        except LanternError as error:
            words = f"{error.message} {error.details or ''}".strip()
            return Pressed(words, level=messages.ERROR)
        price = price_text(made.amount, purchase.currency)
        if made.is_open:
            words = f"Stripe has not answered yet; {price} will be given back as soon as it does."
            return Pressed(words, history=f"Gives back {price}: {reason}", level=messages.WARNING)
        return Pressed(f"{price} went back.", history=f"Gave back {price}: {reason}")

    @display(description="price")
    def price_label(self, purchase: Purchase) -> str:
        """The price as people write it."""
        return purchase.price

    @display(description="on top", empty_value="nothing")
    def bonuses(self, purchase: Purchase) -> str | None:
        """What came on top of the plan's own time."""
        renewal = span_words(Span(purchase.renewal_months or 0, purchase.renewal_days or 0))
        promoted = span_words(Span(purchase.promotion_months or 0))
        told = [f"{renewal} for renewing"] if renewal else []
        told += [f"{promoted} by {purchase.promotion}"] if promoted else []
        return "; ".join(told) or None

    @display(description="user")
    def user_link(self, purchase: Purchase) -> SafeString:
        """The buyer, linked."""
        return format_html(
            '<a class="underline" href="{}">{}</a>',
            reverse("admin:accounts_user_change", args=(purchase.user_id,)),
            purchase.user_id,
        )
