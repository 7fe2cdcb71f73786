"""Purchases, which staff look at; plans have a module of their own."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from billing import plan_admin, promotion_admin
from billing.models import Purchase
from billing.rules import Span
from billing.words import span_words
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin

__all__ = ["plan_admin", "promotion_admin"]


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    """Purchases, found by charge."""

    list_display = ("created", "state_label", "plan", "price_label", "user_link", "charge_id")
    list_filter = ("state",)
    date_hierarchy = "created"
    search_fields = ("=charge_id", "=id")
    search_help_text = "A charge id (ch_…) or a purchase id"
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
        ("At Stripe", {"fields": ("payment_intent", "charge_id", "source")}),
        ("Receipt", {"fields": ("mail_id",)}),
        ("Device", {"fields": (("device_name", "device_id"),)}),
    )

    @display(
        description="state",
        ordering="state",
        label={"paid": "success", "declined": "danger", "pending": "warning"},
    )
    def state_label(self, purchase: Purchase) -> str:
        """The state, coloured."""
        return str(purchase.get_state_display())

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
