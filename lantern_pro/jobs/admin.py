"""The ledger of jobs, as staff see it: what waits, why, and a button for another try."""

from textwrap import shorten
from typing import Final

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.decorators import action, display

from lantern_pro.backoffice import audit
from lantern_pro.backoffice.model_admin import ReadOnlyAdmin
from lantern_pro.jobs import ledger
from lantern_pro.jobs.models import Job
from lantern_pro.types import JobId

WHY_LENGTH: Final = 60


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs, the latest first."""

    list_display = ("kind", "state_label", "why", "attempts", "about", "created")
    list_filter = ("state",)
    date_hierarchy = "created"
    search_fields = ("^kind", "=id")
    search_help_text = "The beginning of a kind, such as assign_proxies, or a job's id"
    actions_detail = ("retry_now",)
    fieldsets = (
        (None, {"fields": ("id", "kind", "state_label", "last_error", "about")}),
        ("When", {"fields": (("created", "due"), ("finished", "lease_end"))}),
        ("How", {"fields": (("attempts", "epoch", "phase"), "arguments")}),
    )

    @display(
        description="state",
        ordering="state",
        label={"done": "success", "given up": "danger", "waiting": "warning", "running": "info"},
    )
    def state_label(self, job: Job) -> str:
        """The state, coloured."""
        return str(job.get_state_display())

    @display(description="what it waits for", empty_value="-")
    def why(self, job: Job) -> str | None:
        """The beginning of the last error; the whole is on the job's page."""
        return shorten(job.last_error or "", WHY_LENGTH, placeholder=" …") or None

    @action(description="Try again now", url_path="retry-now")
    def retry_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let a job that waits or was given up run at once."""
        job = Job.objects.get(pk=unquote(object_id))
        if ledger.retry(JobId(job.pk)):
            audit.record(staff_id=request.user.pk or 0, subject=job, message="Was tried again.")
            messages.success(request, "The job is due now.")
        else:
            messages.warning(request, "The job is running or done; there is nothing to try again.")
        return redirect(reverse("admin:jobs_job_change", args=(object_id,)))
