"""Where it is measured: a Redis of its own, and this process as its client."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from devstack import redis_server
from devstack.redis_server import RedisPlace


@contextmanager
def ground(cells: int) -> Iterator[RedisPlace]:
    """Start a Redis that keeps its AOF as production does, and let Django's settings name it.

    The file is not rewritten meanwhile: who is measured when that begins would pay for all.
    """
    folder = Path(tempfile.mkdtemp(prefix="lantern-bench-"))
    try:
        with redis_server.running(RedisPlace.in_folder(folder), fsync="everysec") as place:
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "lantern_pro.settings",
                "LANTERN_DEVELOPMENT": "yes",
                "LANTERN_LOG_LEVEL": "ERROR",
                "LANTERN_CELLS": str(cells),
                "REDIS_URL": place.url,
            }
            django.setup()
            from lantern_pro.store.client import text_client

            text_client().config_set("auto-aof-rewrite-percentage", 0)
            yield place
    finally:
        shutil.rmtree(folder, ignore_errors=True)
