"""Purchases, which staff look at; plans have a module of their own."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.enums import ActionVariant

from billing import (
    drift_admin,
    plan_admin,
    promotion_admin,
    reseller_admin,
    subscription_admin,
)
from billing.errors import NotPaid
from billing.models import Purchase
from billing.money import price_text
from billing.reconciliation_words import reconciliation_shown
from billing.refund_words import RefundForm, lines, refund_words, returned_words
from billing.rules import Span
from billing.services.receipts import mail_again, number_of, receipt_as_pdf
from billing.services.refunds import refund
from billing.settling_words import settled_words
from billing.words import span_words
from lantern_pro.backoffice.button import Pressed, Reason, button
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin
from lantern_pro.errors import LanternError
from lantern_pro.types import Minor

__all__ = ["drift_admin", "plan_admin", "promotion_admin", "reseller_admin", "subscription_admin"]


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    """Purchases, found by charge."""

    list_display = ("created", "state_label", "plan", "price_label", "user_link", "charge_id")
    list_filter = ("state",)
    date_hierarchy = "created"
    search_fields = ("=charge_id", "=id")
    search_help_text = "A charge id (ch_…) or a purchase id"
    list_before_template = "billing/reconciliation.html"
    actions_detail = ("give_money_back", "mail_receipt_again", "look_at_stripe_again", "close")
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
        ("Receipt", {"fields": (("mail_id", "receipt"),)}),
        ("Device", {"fields": (("device_name", "device_id"),)}),
    )

    def get_urls(self) -> list[URLPattern]:
        """The receipt, beside the usual pages."""
        view = self.admin_site.admin_view(self.receipt_view)
        own = path("<path:object_id>/receipt.pdf", view, name="billing_purchase_receipt")
        return [own, *super().get_urls()]

    def receipt_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The receipt as a PDF, to who may see the purchase."""
        purchase = self.get_object(request, unquote(object_id))
        if purchase is None:
            raise Http404
        if not self.has_view_permission(request, purchase):
            raise PermissionDenied
        try:
            pdf = receipt_as_pdf(purchase)
        except NotPaid as error:
            raise Http404 from error
        name = f"receipt-{number_of(purchase)}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)

    @display(description="the receipt")
    def receipt(self, purchase: Purchase) -> SafeString | str:
        """Where the PDF is."""
        if purchase.state != Purchase.State.PAID:
            return "none: it is not paid"
        address = reverse("admin:billing_purchase_receipt", args=(quote(purchase.pk),))
        return format_html('<a class="underline" href="{}">Download</a>', address)

    @button(
        label="Mail the receipt again",
        permission="act",
        question="It goes to the address that was given with the purchase. Pressing again within "
        "ten minutes sends nothing more.",
    )
    def mail_receipt_again(self, purchase: Purchase) -> Pressed:
        """Have it mailed once more."""
        try:
            mail_again(purchase)
        except LanternError as error:
            return Pressed(error.message, level=messages.ERROR)
        return Pressed("The receipt is on its way.", history="Had the receipt mailed again.")

    @button(
        label="Look at Stripe again",
        permission="act",
        question="Stripe is asked how this payment stands, and the outcome is recorded. Nobody is "
        "charged anew: one purchase has one key at Stripe.",
    )
    def look_at_stripe_again(self, purchase: Purchase) -> Pressed:
        """Ask how it stands now, rather than when its job does."""
        return settled_words(purchase, closing=False)

    @button(
        label="Close",
        permission="act",
        question="The payment, or the page that waits for the buyer, is closed at Stripe, so that "
        "no money comes by it; what is paid already stays paid.",
        asks=Reason,
        variant=ActionVariant.DANGER,
    )
    def close(self, purchase: Purchase, *, reason: str) -> Pressed:
        """Wait for its buyer no longer."""
        return settled_words(purchase, closing=True, why=reason)

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
