"""The Celery application: a bell, and the process in which a worker's threads live."""

import os
from typing import Any

from celery import Celery, bootsteps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantern_pro.settings")

app = Celery("lantern_pro")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class LedgerWorker(bootsteps.StartStopStep):  # type: ignore[misc]  # celery is untyped
    """Starts the worker's threads before Celery looks for its broker, which may be away."""

    def __init__(self, worker: Any, **options: Any) -> None:
        """Prepare."""
        super().__init__(worker, **options)
        from django.conf import settings

        from lantern_pro.jobs.lanes import Lane
        from lantern_pro.jobs.runner import Runner

        self._runner = Runner({Lane(lane): count for lane, count in settings.JOB_THREADS.items()})

    def start(self, worker: Any) -> None:
        """Begin to work."""
        del worker
        self._runner.start()

    def stop(self, worker: Any) -> None:
        """Finish the jobs that are being run, and hand back the others."""
        del worker
        self._runner.stop()


app.steps["worker"].add(LedgerWorker)
