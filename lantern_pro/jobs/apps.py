"""The ledger of jobs as a Django app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """The ledger of jobs."""

    name = "lantern_pro.jobs"
    label = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Learn every app's kinds of job, and the ledger's own."""
        autodiscover_modules("jobs")
        import_module("lantern_pro.jobs.events")
        import_module("lantern_pro.jobs.retention")
