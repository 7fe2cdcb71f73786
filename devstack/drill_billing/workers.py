"""Processes that play histories beside one another, each on a Redis of its own."""

import gc
import multiprocessing
import os
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import django

from devstack.drill_billing.history import Told, play
from devstack.redis_server import RedisPlace, running

NOTHING_ON_DISK: Final = ("--appendonly", "no")


def play_all(
    seed: int, numbers: Sequence[int], folder: Path, workers: int
) -> Generator[Told, None, None]:
    """Play these histories, in any order; what each Redis needs is in the folder."""
    processes = multiprocessing.get_context("spawn")
    with ExitStack() as open_ones:
        urls = processes.Queue()
        for number in range(workers):
            place = RedisPlace.in_folder(folder / str(number))
            socket = place.folder / "socket"
            options = (*NOTHING_ON_DISK, "--unixsocket", str(socket))
            open_ones.enter_context(running(place, options=options))
            urls.put(f"unix://:{place.password}@{socket}?db=0")
        pool = open_ones.enter_context(processes.Pool(workers, _read_settings, (urls,)))
        yield from pool.imap_unordered(partial(play, seed), numbers)


def _read_settings(urls: "multiprocessing.Queue[str]") -> None:
    """The service's settings, without the limits on how often anybody may call."""
    os.environ.update(
        {
            "REDIS_URL": urls.get(),
            "LANTERN_DEVELOPMENT": "yes",
            "LANTERN_BROKER_URL": "memory://",
            "LANTERN_LOG_LEVEL": "CRITICAL",
            "LANTERN_PAYMENTS_PER_HOUR": "1000",
            "DJANGO_SETTINGS_MODULE": "lantern_pro.settings",
        }
    )
    django.setup()
    gc.freeze()
    gc.set_threshold(50_000)
