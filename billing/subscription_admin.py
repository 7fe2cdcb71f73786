"""Subscriptions, which staff look at; their owners change them, in the app or at Stripe."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from billing.models import Subscription
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """Subscriptions, as Stripe had them when it was asked last."""

    list_display = ("created", "state_label", "plan", "price_label", "user_link", "period_end")
    list_filter = ("state",)
    date_hierarchy = "created"
    search_fields = ("=id",)
    search_help_text = "A subscription id of ours"
    fieldsets = (
        (None, {"fields": ("id", "user_link", "state_label", "created")}),
        (
            "What is bought",
            {
                "fields": (
                    ("plan", "price_label"),
                    ("promotion", "promotion_months", "first_label"),
                    ("period_end", "change_to"),
                )
            },
        ),
        ("Disputes", {"fields": ("dispute_label",)}),
        ("At Stripe", {"fields": ("at_stripe", "customer", "invoice", "checkout", "check_at")}),
    )

    @display(
        description="state",
        ordering="state",
        label={
            "renews": "success",
            "ends with its period": "info",
            "renewal not paid": "danger",
            "pending": "warning",
            "waits for its first payment": "warning",
        },
    )
    def state_label(self, subscription: Subscription) -> str:
        """The state, coloured."""
        return str(subscription.get_state_display())

    @display(description="renewal")
    def dispute_label(self, subscription: Subscription) -> str:
        """What the dispute of a payment has made of it."""
        if subscription.is_ended_by_dispute:
            return "ended by a dispute of a payment"
        if subscription.is_stopped_by_dispute:
            return "stopped by a dispute of a payment, until the bank has decided"
        return "no dispute has changed it"

    @display(description="price")
    def price_label(self, subscription: Subscription) -> str:
        """The price as people write it."""
        return subscription.price

    @display(description="first payment by promotion")
    def first_label(self, subscription: Subscription) -> str:
        """What the first payment is by a promotion."""
        return subscription.first_price

    @display(description="user")
    def user_link(self, subscription: Subscription) -> SafeString:
        """The subscriber, linked."""
        return format_html(
            '<a class="underline" href="{}">{}</a>',
            reverse("admin:accounts_user_change", args=(subscription.user_id,)),
            subscription.user_id,
        )
