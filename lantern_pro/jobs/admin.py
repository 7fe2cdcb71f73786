"""The ledger of jobs, as staff see it: what waits, why, and what can be done about it."""

from collections.abc import Iterable
from textwrap import shorten
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.dataclasses import UnfoldAction
from unfold.decorators import display
from unfold.enums import ActionVariant

from lantern_pro.backoffice.button import Pressed, Reason, button
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin
from lantern_pro.jobs import ledger
from lantern_pro.jobs.meter import dead_now, meters, workers
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.registry import kind_named, known_kinds
from lantern_pro.types import JobId

WHY_LENGTH: Final = 60
COLOURS: Final = {
    Job.State.PENDING: "warning",
    Job.State.LEASED: "info",
    Job.State.DONE: "success",
    Job.State.DEAD: "danger",
    Job.State.DROPPED: "",
}
NOTHING_TO_DO: Final = "The job is running or has ended; nothing was changed."


class KindFilter(admin.SimpleListFilter):
    """The kinds that are known here; older ones are found by the search."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Every kind, by name."""
        del request, model_admin
        return [(kind, kind) for kind in sorted(known_kinds())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        """Keep the jobs of the chosen kind."""
        del request
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs, the latest first, below what the ledger counts of each kind."""

    list_display = ("kind", "state_label", "why", "attempts", "due", "user_link", "created")
    list_filter = ("state", KindFilter)
    list_before_template = "jobs/by_kind.html"
    date_hierarchy = "created"
    search_fields = ("^kind", "=id")
    search_help_text = "The beginning of a kind, such as assign_proxies, or a job's id"
    actions_detail = ("retry_now", "drop_job")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "id",
                    ("kind", "lane"),
                    ("state_label", "user_link"),
                    "last_error",
                    "dropped_because",
                )
            },
        ),
        ("When", {"fields": (("created", "due"), ("leased_at", "finished"))}),
        (
            "How",
            {
                "fields": (
                    ("attempts", "waits"),
                    ("lapses", "epoch"),
                    ("holder", "phase"),
                    "arguments",
                )
            },
        ),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, and what is counted."""
        told = {
            "kinds": [each for each in meters() if each.staged],
            "workers": workers(),
            "dead_now": dead_now(),
        }
        page: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **told})
        return page

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[UnfoldAction]:
        """No buttons on a job that runs or has ended."""
        job = self.get_object(request, unquote(object_id))
        if job is None or job.state not in {Job.State.PENDING, Job.State.DEAD}:
            return []
        found: list[UnfoldAction] = super().get_actions_detail(request, object_id)
        return found

    @display(description="state", ordering="state")
    def state_label(self, job: Job) -> SafeString:
        """The state, coloured."""
        told = {"text": job.get_state_display(), "type": COLOURS[Job.State(job.state)]}
        return render_to_string("unfold/helpers/label.html", told)

    @display(description="why", empty_value="-")
    def why(self, job: Job) -> str | None:
        """The beginning of what it waits for, or of why it ended; the whole is on its page."""
        whole = job.dropped_because or job.last_error or ""
        return shorten(whole, WHY_LENGTH, placeholder=" …") or None

    @display(description="lane")
    def lane(self, job: Job) -> str:
        """Whose threads run it."""
        known = kind_named(job.kind)
        return str(known.lane) if known else "unknown here: another release's"

    @display(description="user")
    def user_link(self, job: Job) -> SafeString | str:
        """Whom it is about, linked."""
        if not job.about:
            return "nobody"
        address = reverse("admin:accounts_user_change", args=(job.about,))
        return format_html('<a class="underline" href="{}">{}</a>', address, job.about)

    @button(
        label="Try again now",
        permission="act",
        question="The job is due at once and begins anew, with all of its tries. Its effect is "
        "still had once.",
    )
    def retry_now(self, job: Job) -> Pressed:
        """Let a job that waits or was given up run at once."""
        if ledger.retry(JobId(job.pk)):
            return Pressed("The job is due now.", history="Was tried again.")
        return Pressed(NOTHING_TO_DO, level=messages.WARNING)

    @button(
        label="Drop this job",
        permission="act",
        question="It ends without its effect, for good: what it was to do, nobody will do, "
        "unless a person does it by hand.",
        asks=Reason,
        variant=ActionVariant.DANGER,
    )
    def drop_job(self, job: Job, *, reason: str) -> Pressed:
        """End a job that waits or was given up, and keep why."""
        if ledger.drop(JobId(job.pk), reason=reason):
            return Pressed("The job is dropped.", history=f"Was dropped: {reason}")
        return Pressed(NOTHING_TO_DO, level=messages.WARNING)
