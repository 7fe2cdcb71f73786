"""The only Celery tasks: wake-ups. They carry no truth and may be lost, late or doubled."""

from celery import shared_task
from django.conf import settings

from lantern_pro.jobs.periodic import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from lantern_pro.types import Cell


@shared_task(name="jobs.drain", ignore_result=True)  # type: ignore[untyped-decorator]
def drain_cell(cell: int) -> None:
    """Run what is due in one cell."""
    drain(Cell(cell))


@shared_task(name="jobs.sweep", ignore_result=True)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Find by time what no wake-up announced: overdue jobs, leases that ran out, regular work."""
    stage_periodic_jobs()
    for cell in range(settings.CELLS):
        drain(Cell(cell))
