"""Waking the workers: a hint by way of Celery, never the truth."""

import logging

from celery import current_app
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from lantern_pro.types import Cell

log = logging.getLogger(__name__)


def wake(cell: Cell) -> None:
    """Tell the workers that jobs are due. May fail silently: the sweep finds the jobs anyway."""
    try:
        current_app.send_task("jobs.drain", args=[cell], ignore_result=True, retry=False)
    except (KombuError, RedisError, OSError):
        log.warning("no wake-up could be sent; the sweep will find the jobs", exc_info=True)
