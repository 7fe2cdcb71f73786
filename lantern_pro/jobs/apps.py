"""The ledger of jobs as a Django app."""

from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig, apps


class JobsConfig(AppConfig):
    """The ledger of jobs."""

    name = "lantern_pro.jobs"
    label = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        """Learn every app's kinds of job (``jobs.py``, ``*_jobs.py``), and the ledger's own.

        A worker looks at the queues of the kinds that it knows, so it must know them from its
        start, and not only once something else has imported their module.
        """
        for app in apps.get_app_configs():
            for each in iter_modules(getattr(app.module, "__path__", ())):
                if each.name == "jobs" or each.name.endswith("_jobs"):
                    import_module(f"{app.name}.{each.name}")
        import_module("lantern_pro.jobs.events")
        import_module("lantern_pro.jobs.retention")
