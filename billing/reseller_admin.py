"""Resellers' codes: made in batches, downloaded once, revoked, and who redeemed them."""

from datetime import UTC, datetime, time
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from billing.models import ResellerBatch, ResellerCode
from billing.reseller import LONGEST_NAME
from billing.reseller_codes import code_id_of
from billing.rules import Span
from billing.services.plans import current_plans, plan_on_sale
from billing.services.reseller import MOST_CODES, as_csv, make_batch, revoke_batch
from billing.words import span_words
from lantern_pro import clock
from lantern_pro.backoffice import audit
from lantern_pro.backoffice.button import Pressed, Reason, button
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin
from lantern_pro.types import Millis

LABELS: Final = {"good": "success", "expired": "warning", "revoked": "danger"}


class NewBatch(forms.Form):
    """Asks for what a batch is to be."""

    reseller = forms.CharField(
        max_length=LONGEST_NAME,
        widget=UnfoldAdminTextInputWidget,
        help_text="Who sells the codes: a firm or a shop.",
    )
    plan = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    count = forms.IntegerField(
        label="How many", min_value=1, max_value=MOST_CODES, widget=UnfoldAdminIntegerFieldWidget
    )
    expires = forms.DateField(
        required=False,
        widget=UnfoldAdminDateWidget,
        help_text="The day from which none is redeemed any more (UTC). Empty: never.",
    )

    def __init__(self, *told: Any) -> None:
        """Offer the plans that are on sale."""
        super().__init__(*told)
        plans: Any = self.fields["plan"]
        plans.choices = [(plan.pk, f"{plan.pk}: {plan.description}") for plan in current_plans()]

    def clean_expires(self) -> Millis | None:
        """The moment at which that day begins; it must be to come."""
        day = self.cleaned_data["expires"]
        if day is None:
            return None
        moment = clock.as_millis(datetime.combine(day, time(), UTC))
        if moment <= clock.now():
            message = "This day is over, or has begun."
            raise forms.ValidationError(message)
        return moment


@admin.register(ResellerBatch)
class ResellerBatchAdmin(ReadOnlyAdmin):
    """Batches, found by reseller."""

    list_display = ("created", "reseller", "plan", "used", "standing_label", "expires")
    search_fields = ("^reseller", "=id")
    search_help_text = "The beginning of a reseller's name, or a batch"
    date_hierarchy = "created"
    actions_detail = ("revoke",)
    fieldsets = (
        (None, {"fields": ("id", "reseller", "created", "standing_label", "expires", "revoked")}),
        (
            "What a code gives",
            {"fields": ("plan", "description", "gives", ("device_limit", "proxies"))},
        ),
        ("Codes", {"fields": ("used", "its_codes")}),
    )

    @display(description="redeemed")
    def used(self, batch: ResellerBatch) -> str:
        """How many were redeemed."""
        return f"{batch.redeemed} of {batch.codes}"

    @display(description="state", label=LABELS)
    def standing_label(self, batch: ResellerBatch) -> str:
        """What becomes of its codes."""
        return batch.standing

    @display(description="time")
    def gives(self, batch: ResellerBatch) -> str:
        """How much Pro time a code gives."""
        return span_words(Span(batch.months, batch.days))

    @display(description="who redeemed them")
    def its_codes(self, batch: ResellerBatch) -> SafeString:
        """A link to its codes."""
        address = reverse("admin:billing_resellercode_changelist")
        return format_html(
            '<a class="underline" href="{}?batch={}">The codes of this batch</a>', address, batch.pk
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may act makes batches, by a page of its own."""
        return self.has_act_permission(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask what the batch is to be; make it, and answer with the file of its codes."""
        del form_url, extra_context
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewBatch(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            told = {**self.admin_site.each_context(request), "title": "Make codes", "form": form}
            return render(request, "billing/make_reseller_codes.html", told)
        return _made(request, **form.cleaned_data)

    @button(
        label="Revoke the batch",
        permission="act",
        question="No code of it can be redeemed any more. Who has redeemed one keeps the time.",
        asks=Reason,
        variant=ActionVariant.DANGER,
    )
    def revoke(self, batch: ResellerBatch, *, reason: str) -> Pressed:
        """Revoke it."""
        if not revoke_batch(batch.pk):
            return Pressed("It was revoked before.")
        return Pressed("The batch is revoked.", history=f"Revoked: {reason}")


def _made(
    request: HttpRequest, *, reseller: str, plan: str, count: int, expires: Millis | None
) -> HttpResponse:
    made = make_batch(reseller=reseller, plan=plan_on_sale(plan), count=count, expires=expires)
    batch = ResellerBatch.objects.get(pk=made.batch_id)
    audit.record(staff_id=request.user.pk or 0, subject=batch, message=f"Made {count} codes.")
    return HttpResponse(
        as_csv(made, plan),
        content_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="codes-{made.batch_id}.csv"'},
    )


@admin.register(ResellerCode)
class ResellerCodeAdmin(ReadOnlyAdmin):
    """Codes, found by the code itself, or by who redeemed it."""

    list_display = ("serial", "batch_link", "standing_label", "redeemed", "user_link", "purchase")
    search_fields = ("id",)
    search_help_text = "A code as it was sold, or the id of the user who redeemed it"
    fieldsets = (
        (None, {"fields": ("serial", "batch_link", "standing_label", "redeemed")}),
        ("Who", {"fields": ("user_link", "purchase")}),
    )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A batch's page links to its codes."""
        return lookup == "batch" or super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[ResellerCode]", search_term: str
    ) -> "tuple[QuerySet[ResellerCode], bool]":
        """Find the code that the words are, or those that a user redeemed."""
        del request
        told = search_term.strip()
        if not told:
            return queryset, False
        if told.isdecimal():
            return queryset.filter(user_id=int(told)), False
        return queryset.filter(pk__in=[code_id_of(told) or ""]), False

    @display(description="batch")
    def batch_link(self, code: ResellerCode) -> SafeString:
        """Its batch, linked."""
        return _link("billing_resellerbatch", code.batch, code.batch)

    @display(description="state", label={"redeemed": "info", **LABELS})
    def standing_label(self, code: ResellerCode) -> str:
        """Whether it was redeemed, or can be."""
        return "redeemed" if code.redeemed else ResellerBatch.objects.get(pk=code.batch).standing

    @display(description="redeemed by", empty_value="nobody")
    def user_link(self, code: ResellerCode) -> SafeString | None:
        """Who redeemed it."""
        return _link("accounts_user", code.user_id, str(code.user_id)) if code.user_id else None

    @display(description="purchase", empty_value="-")
    def purchase(self, code: ResellerCode) -> SafeString | None:
        """What they got for it."""
        if not code.purchase_id or code.redeemed is None:
            return None
        when = date_format(code.redeemed, "DATETIME_FORMAT")
        return _link("billing_purchase", code.purchase_id, when)


def _link(page: str, pk: object, words: str) -> SafeString:
    return format_html(
        '<a class="underline" href="{}">{}</a>', reverse(f"admin:{page}_change", args=(pk,)), words
    )
