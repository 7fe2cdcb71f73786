"""The ledger of jobs as a Django app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """The ledger of jobs."""

    name = "lantern_pro.jobs"
    label = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Learn every app's kinds of job."""
        autodiscover_modules("jobs")
