"""Plans, which staff edit, and purchases, which they look at."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from billing.models import Plan, Purchase, price_text
from lantern_pro.backoffice.model_admin import ModelAdmin, ReadOnlyAdmin
from lantern_pro.types import Minor


@admin.register(Plan)
class PlanAdmin(ModelAdmin):
    """The catalogue that clients are shown."""

    list_display = ("id", "description", "price", "currency", "on_sale", "best_value", "position")
    list_filter = ("on_sale", "currency")
    search_fields = ("^id",)
    search_help_text = "The beginning of a plan's id"
    fieldsets = (
        (None, {"fields": ("id", "description", ("months", "days"))}),
        ("Price", {"fields": (("currency", "price_minor"),)}),
        ("Where it is shown", {"fields": (("on_sale", "best_value"), "position")}),
    )

    @display(description="price", ordering="price_minor")
    def price(self, plan: Plan) -> str:
        """The price as people write it."""
        return price_text(Minor(plan.price_minor), plan.currency)

    def get_readonly_fields(self, request: object, obj: Plan | None = None) -> tuple[str, ...]:
        """Clients buy by the id: once given, it stays."""
        del request
        return ("id",) if obj else ()


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
        ("What was bought", {"fields": ("plan", "price_label", ("months", "days"))}),
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

    @display(description="user")
    def user_link(self, purchase: Purchase) -> SafeString:
        """The buyer, linked."""
        return format_html(
            '<a class="underline" href="{}">{}</a>',
            reverse("admin:accounts_user_change", args=(purchase.user_id,)),
            purchase.user_id,
        )
