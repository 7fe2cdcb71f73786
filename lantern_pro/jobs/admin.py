"""The ledger of jobs, as staff see it: what waits, why, and a button for another try."""

from textwrap import shorten
from typing import Final

from django.contrib import admin, messages
from unfold.decorators import display

from lantern_pro.backoffice.button import Pressed, button
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
        return Pressed(
            "The job is running or ended; there is nothing to try again.", level=messages.WARNING
        )
