"""Subscriptions, which staff look at; their owners change them, in the app or at Stripe."""

from typing import Final

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.enums import ActionVariant

from accounts.models import User
from billing.models import Subscription
from billing.services.unknown import end_unknown
from lantern_pro.backoffice.button import Pressed, Reason, button
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin
from lantern_pro.errors import LanternError

_NOT_ENDED: Final = {
    "ended_before": "It has ended already; nothing was done.",
    "known": "Stripe knows it, so nothing was done: end it there.",
    "not_begun": "Nothing of it is at Stripe yet; a job sees to that. Nothing was done.",
    "unclear": "Stripe has not said that it does not know it, so nothing was done.",
    "learnt_since": "More was learnt of it meanwhile, so nothing was done: look again.",
    "no_such_subscription": "Its owner was erased meanwhile; nothing was done.",
}


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """Subscriptions, as Stripe had them when it was asked last."""

    list_display = ("created", "state_label", "plan", "price_label", "user_link", "period_end")
    list_filter = ("state",)
    date_hierarchy = "created"
    search_fields = ("=id",)
    search_help_text = "A subscription id of ours"
    actions_detail = ("end_here",)
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
        ("Why it does not renew", {"fields": ("renewal_label",)}),
        ("At Stripe", {"fields": ("at_stripe", "customer", "invoice", "checkout", "check_at")}),
    )

    @button(
        label="End here: Stripe does not know it",
        permission="act",
        question="Stripe is asked again, and it ends only if Stripe says that it knows none such. "
        "What was paid stays given, what was lent until a payment is taken back, and its owner may "
        "subscribe anew. If it is one of many that Stripe does not know, our key is another "
        "account's: then end none.",
        asks=Reason,
        variant=ActionVariant.DANGER,
    )
    def end_here(self, subscription: Subscription, *, reason: str) -> Pressed:
        """End what nobody can change, nor begin anew."""
        try:
            outcome = end_unknown(subscription.subscription_id)
        except LanternError as error:
            return Pressed(f"{error.message} Nothing was done.", level=messages.ERROR)
        if outcome != "ended":
            return Pressed(_NOT_ENDED[outcome], level=messages.WARNING)
        return Pressed(
            "It has ended here; its owner may subscribe anew.",
            history=f"Ended {subscription.pk} ({subscription.at_stripe}), which Stripe does not "
            f"know: {reason}",
            also=tuple(User.objects.filter(pk=subscription.user_id)),
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
    def renewal_label(self, subscription: Subscription) -> str:
        """What the dispute of a payment, or staff, have made of it."""
        if subscription.is_ended_as_unknown:
            return "ended here by staff: Stripe did not know it"
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
