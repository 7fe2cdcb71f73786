"""Promotions, which staff make and stop; what one gives stays as it was made."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from billing.managers.promotions import uses_of
from billing.models import Promotion
from billing.rules import Span
from billing.words import span_words
from lantern_pro import clock
from lantern_pro.backoffice.model_admin import ModelAdmin


@admin.register(Promotion)
class PromotionAdmin(ModelAdmin):
    """What is cheaper, or longer, for a while."""

    list_display = ("id", "gives", "state_label", "used", "code", "note", "starts", "ends")
    list_filter = ("on",)
    search_fields = ("^id", "^code")
    search_help_text = "The beginning of an id or a code"
    fieldsets = (
        (None, {"fields": ("id", "note")}),
        (
            "What it gives",
            {
                "fields": (("percent", "months"), "first_purchase"),
                "description": "Apps may have shown it, so this stays. To give something else, "
                "stop this one and make another.",
            },
        ),
        ("When", {"fields": ("on", "starts", "ends")}),
        ("For whom", {"fields": ("plans", "countries", "code")}),
        ("How often", {"fields": (("uses_limit", "used"),)}),
    )
    readonly_fields = ("used",)

    @display(description="gives")
    def gives(self, promotion: Promotion) -> str:
        """What it gives, in words."""
        told = [f"{promotion.percent}% off"] if promotion.percent else []
        told += [span_words(Span(promotion.months))] if promotion.months else []
        return " and ".join(told) + (", first purchase" if promotion.first_purchase else "")

    @display(
        description="state",
        label={"runs": "success", "to come": "info", "ended": "warning", "stopped": "danger"},
    )
    def state_label(self, promotion: Promotion) -> str:
        """Whether it runs now."""
        now = clock.now()
        if not promotion.on:
            return "stopped"
        if promotion.runs(now):
            return "runs"
        is_to_come = promotion.starts is not None and clock.as_millis(promotion.starts) > now
        return "to come" if is_to_come else "ended"

    @display(description="used")
    def used(self, promotion: Promotion) -> str:
        """How many uses are taken, those included that are held for some minutes."""
        if not promotion.pk:
            return "0"
        taken = uses_of([promotion.pk])[promotion.pk]
        return f"{taken} of {promotion.uses_limit}" if promotion.uses_limit else str(taken)

    def get_readonly_fields(self, request: object, obj: Promotion | None = None) -> tuple[str, ...]:
        """What apps may have shown stays."""
        del request
        return ("id", *Promotion.TERMS, "used") if obj else ("used",)

    def has_delete_permission(self, request: HttpRequest, obj: Promotion | None = None) -> bool:
        """Somebody may have bought by it: a promotion is stopped, and stays."""
        del request, obj
        return False
