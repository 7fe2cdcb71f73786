"""config-server while Redis dies and comes back."""

import gzip
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
import requests
import yaml

from devstack.redis_server import RedisPlace, free_port
from lantern_pro.jobs.worker import drain
from lantern_pro.store import client as store
from tests import fleet
from tests.fleet import HERE
from tests.processes import answers, eventually, process

pytestmark = pytest.mark.stack


@contextmanager
def _redis(place: RedisPlace) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis that a test may kill."""
    started = subprocess.Popen(place.command(fsync="always"), stdout=subprocess.DEVNULL)
    try:
        place.wait(started)
        yield started
    finally:
        started.kill()
        started.wait()


@contextmanager
def _store(place: RedisPlace) -> Iterator[None]:
    """Let the test write to that Redis."""
    text, raw = (redis.Redis.from_url(place.url, decode_responses=each) for each in (True, False))
    with store.using(text=text, raw=raw):
        yield
    text.close()
    raw.close()


@contextmanager
def _server(place: RedisPlace) -> Iterator[str]:
    port = free_port()
    command = (
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "configsrv.server:application",
    )
    with process(*command, environment={"REDIS_URL": place.url}):
        eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        yield f"http://127.0.0.1:{port}"


def _is_told_of_changes(server: str) -> bool:
    with requests.Session() as session:
        return ", told" in session.get(f"{server}/healthz", timeout=20).text


def _names(server: str) -> list[str] | None:
    """The proxies of a poll; None when there is no answer to be had."""
    with requests.Session() as session:
        response = session.get(f"{server}/proxies.yaml.gz", timeout=20)
    if response.status_code != 200:
        return None
    return list(yaml.safe_load(gzip.decompress(response.content)))


def _kill(process_of_redis: subprocess.Popen[bytes]) -> None:
    process_of_redis.send_signal(signal.SIGKILL)
    process_of_redis.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
def test_known_configurations_are_served_while_redis_is_gone_and_new_ones_when_it_is_back(
    tmp_path: Path,
) -> None:
    place = RedisPlace.in_folder(tmp_path)
    with _redis(place) as first:
        with _store(place):
            fleet.free_proxy()
            drain(HERE)
        with _server(place) as server:
            eventually(lambda: _is_told_of_changes(server))
            before = eventually(lambda: _names(server))
            _kill(first)
            while_gone = [_names(server) for _ in range(5)]

            with _redis(place), _store(place):
                fleet.free_proxy()
                drain(HERE)
                after = eventually(lambda: _two(_names(server)))

    assert while_gone == [before] * 5
    assert len(after) == 2


def _two(names: list[str] | None) -> list[str] | None:
    return names if names is not None and len(names) == 2 else None


def test_a_poll_that_nobody_can_answer_says_when_to_come_again(tmp_path: Path) -> None:
    place = RedisPlace.in_folder(tmp_path)
    with _server(place) as server, requests.Session() as session:
        response = session.get(f"{server}/proxies.yaml.gz", timeout=20)

    assert response.status_code == 503
    assert int(response.headers["X-Lantern-Config-Sleep"]) > 0
