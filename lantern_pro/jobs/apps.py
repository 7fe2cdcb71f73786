"""The ledger of jobs as a Django app."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The ledger of jobs as a Django app."""

    name = "lantern_pro.jobs"
    label = "jobs"
    verbose_name = "Jobs"
