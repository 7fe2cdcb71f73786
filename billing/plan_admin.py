"""Plans, which staff edit: other terms are another version, and what was bought stays."""

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from unfold.decorators import display

from billing.models import Plan
from billing.money import price_text
from billing.preview import preview
from billing.services.plans import next_version, replaced_by
from billing.words import span_words
from lantern_pro.backoffice.model_admin import ModelAdmin

FEW_LINES: Final = frozenset({"translations", "renewal_bonus"})


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in its stubs only
    """A plan; one that was replaced is left to those who bought it."""

    def clean(self) -> dict[str, Any]:
        """Refuse to change what another version has replaced."""
        told: dict[str, Any] = super().clean() or {}
        following = replaced_by(self.instance.pk) if self.instance.pk else None
        if following and self.changed_data:
            message = f"{following} has taken the place of this version. Change that one."
            raise ValidationError(message)
        return told


@admin.register(Plan)
class PlanAdmin(ModelAdmin):
    """The catalogue that clients are shown."""

    form = PlanForm
    list_before_template = "billing/preview_link.html"
    change_form_before_template = "billing/preview_link.html"
    list_display = (
        "id", "description", "price_label", "time", "extras", "on_sale", "replaced", "position",
    )  # fmt: skip
    list_filter = ("on_sale", "currency")
    search_fields = ("^id",)
    search_help_text = "The beginning of a plan's id"
    fieldsets = (
        (None, {"fields": ("id", "description", "translations")}),
        (
            "What is bought",
            {
                "fields": (
                    ("currency", "price_minor"),
                    ("months", "days"),
                    "renewal_bonus",
                    ("device_limit", "proxies"),
                ),
                "description": "Another value here makes another version of the plan, with an id "
                "of its own. Who bought this one keeps it.",
            },
        ),
        (
            "Where it is shown",
            {"fields": (("on_sale", "best_value"), "countries", "position", "replaced")},
        ),
    )
    readonly_fields = ("replaced",)

    @display(description="price", ordering="price_minor")
    def price_label(self, plan: Plan) -> str:
        """The price as people write it."""
        return price_text(plan.price, plan.currency)

    @display(description="time")
    def time(self, plan: Plan) -> str:
        """How much Pro time it gives."""
        return span_words(plan.time)

    @display(description="more", empty_value="-")
    def extras(self, plan: Plan) -> str | None:
        """What it gives beside time."""
        told = [f"{plan.device_limit} devices"] if plan.device_limit else []
        told += [f"{plan.proxies} proxies"] if plan.proxies else []
        told += ["renewal bonus"] if plan.renewal_bonus else []
        return ", ".join(told) or None

    @display(description="replaced by", empty_value="-")
    def replaced(self, plan: Plan) -> str | None:
        """The version that came after it."""
        following = replaced_by(plan.pk) if plan.pk else None
        return following.pk if following else None

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **told: Any) -> Any:
        """Small tables of a few lines need a few lines of room."""
        field = super().formfield_for_dbfield(db_field, request, **told)
        if db_field.name in FEW_LINES:
            field.widget.attrs["rows"] = 4
        return field

    def get_urls(self) -> list[Any]:
        """The preview stands beside the plans."""
        page = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", page, name="billing_plan_preview"), *super().get_urls()]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Show what apps would be told; for whoever may look at plans."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return preview(request, self.admin_site.each_context(request))

    def get_readonly_fields(self, request: object, obj: Plan | None = None) -> tuple[str, ...]:
        """Clients buy by the id, which names the currency: once given, both stay."""
        del request
        return ("id", "currency", "replaced") if obj else ("replaced",)

    def has_delete_permission(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        """Somebody may have bought it: a plan is taken off sale, and stays."""
        del request, obj
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Plan,
        form: Any,
        change: bool,  # noqa: FBT001 - Django's call
    ) -> None:
        """Save what may change; other terms go into a new version, and the old row stays."""
        del form
        before = obj.pk
        if not (change and obj.changed_terms()):
            obj.save(force_insert=not change)
            return
        try:
            made = next_version(obj)
        except IntegrityError:
            words = f"Somebody made another version of {before} just now. Look at it first."
            self.message_user(request, words, messages.ERROR)
            return
        obj.pk = made.pk
        words = f"{made} takes the place of {before}. Who bought {before} keeps what they bought."
        self.message_user(request, words, messages.SUCCESS)
