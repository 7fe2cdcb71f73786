"""What does not agree with Stripe, which staff look at, and dismiss when they know why."""

from typing import Final

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from billing.drift import Drift
from billing.managers.reconciliation import dismiss
from billing.models import Subscription
from billing.reconciliation_words import KINDS
from lantern_pro.backoffice.button import Pressed, Reason, button
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin

_NOT_DISMISSED: Final = {
    "dismissed_before": "It was dismissed before.",
    "changed": "It has changed meanwhile: look again.",
    "agrees": "It agrees by now.",
}


@admin.register(Drift)
class DriftAdmin(ReadOnlyAdmin):
    """Drift, the longest known first."""

    list_display = ("at_stripe", "words", "purchase", "first", "last", "state_label")
    list_filter = ("state",)
    fieldsets = (
        (None, {"fields": ("at_stripe", "words", "purchase_link", "state_label", "reason")}),
        ("When", {"fields": (("first", "last"),)}),
    )
    actions_detail = ("dismiss",)

    @button(
        label="Dismiss",
        permission="act",
        question="It counts as drift no more, and nobody is told of it again, unless something "
        "of it changes at Stripe or here: then it comes back. It is looked at all the same.",
        asks=Reason,
    )
    def dismiss(self, drift: Drift, *, reason: str) -> Pressed:
        """Take it out of what is to be seen to."""
        outcome = dismiss(drift.at_stripe, fact=drift.fact, reason=reason)
        if outcome != "dismissed":
            return Pressed(_NOT_DISMISSED[outcome], level=messages.WARNING)
        return Pressed("It is dismissed.", history=f"Dismissed as {drift.kind}: {reason}")

    @display(description="at Stripe")
    def at_stripe(self, drift: Drift) -> str:
        """Stripe's id."""
        return drift.at_stripe

    @display(description="what is wrong")
    def words(self, drift: Drift) -> str:
        """What is wrong, in words."""
        return KINDS.get(drift.kind, drift.kind)

    @display(description="here")
    def purchase_link(self, drift: Drift) -> SafeString:
        """What it is about here: a subscription's page, or what is found among the purchases."""
        if Subscription.objects.filter(pk=drift.purchase).exists():
            address = reverse("admin:billing_subscription_change", args=(quote(drift.purchase),))
        else:
            address = reverse("admin:billing_purchase_changelist", query={"q": drift.purchase})
        return format_html('<a class="underline" href="{}">{}</a>', address, drift.purchase)

    @display(description="state", label={"open": "warning", "dismissed": "info"})
    def state_label(self, drift: Drift) -> str:
        """The state, coloured."""
        return str(drift.get_state_display())
