"""Fixtures for every test: a real Redis a test process, emptied before each test.

The server starts before Django reads its settings, so that ``REDIS_URL`` names it.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import django
import fakeredis
import pytest
import redis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from devstack.redis_server import RedisPlace, running

# The same examples each time, and no limit on how long one takes: a run tells of a change in the
# code alone, not of chance or of a busy machine. Long drills draw by a seed of their own.
hypothesis_settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("house")

_resources = ExitStack()
atexit.register(_resources.close)


def _start_redis() -> None:
    folder = Path(tempfile.mkdtemp(prefix="lantern-test-"))
    _resources.callback(shutil.rmtree, folder, ignore_errors=True)
    place = _resources.enter_context(running(RedisPlace.in_folder(folder)))
    os.environ["REDIS_URL"] = place.url


os.environ["LANTERN_DEVELOPMENT"] = "yes"
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
_start_redis()
django.setup()
# Workers of pytest-xdist inherit this environment; with the name they would read the settings
# before they have a Redis of their own, and all share this one.
del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.fixture
def real_redis() -> Iterator[redis.Redis]:
    """The test process's own Redis server, empty."""
    from lantern_pro.store.client import text_client

    client = text_client()
    client.flushall()
    yield client
    client.flushall()


@pytest.fixture
def fake_redis() -> Iterator[redis.Redis]:
    """The store over fakeredis: fast, and no proof by itself."""
    from lantern_pro.store import client

    server = fakeredis.FakeServer(version=(6, 2))
    text = fakeredis.FakeRedis(server=server, decode_responses=True, protocol=2)
    raw = fakeredis.FakeRedis(server=server, protocol=2)
    _teach_sha1hex(server, text)
    with client.using(text=text, raw=raw):
        yield text


def _teach_sha1hex(server: Any, client: redis.Redis) -> None:
    """Add the one function of Redis's Lua that our scripts use and fakeredis lacks."""
    client.eval("return 1", 0)  # it makes its Lua when the first script runs
    lua = server._lua_runtime.globals()
    lua.redis.sha1hex = lambda text: hashlib.sha1(text, usedforsecurity=False).hexdigest().encode()


@pytest.fixture(params=["fakeredis", "redis"])
def any_redis(request: pytest.FixtureRequest) -> redis.Redis:
    """The same test on fakeredis and on the real server."""
    name = {"fakeredis": "fake_redis", "redis": "real_redis"}[request.param]
    client: redis.Redis = request.getfixturevalue(name)
    return client
