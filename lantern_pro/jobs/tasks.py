"""The only Celery task: a ring of the bell. It carries no truth: it may be lost, late, doubled."""

from celery import shared_task

from lantern_pro.jobs import bell
from lantern_pro.types import Cell


@shared_task(name=bell.TASK, ignore_result=True)  # type: ignore[untyped-decorator]
def ring(cell: int) -> None:
    """Wake this process's threads: jobs are due in a cell."""
    bell.heard(Cell(cell))
