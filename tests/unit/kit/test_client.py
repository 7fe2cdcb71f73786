"""The clients of Redis, as threads share them."""

import functools
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import redis

from lantern_pro.store import client

THREADS = 8


@pytest.mark.parametrize("ask", [client.text_client, client.raw_client, client.quick_client])
def test_threads_that_ask_at_once_for_the_first_time_get_one_client(
    monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Any]
) -> None:
    made: list[redis.Redis] = []

    def make(*_arguments: object, **_options: object) -> redis.Redis:
        time.sleep(0.01)  # noqa: TID251 - long enough for every thread to have asked
        made.append(redis.Redis())
        return made[-1]

    monkeypatch.setattr(redis.Redis, "from_url", make)
    for opened in (client._connect, client._connect_quickly):
        monkeypatch.setattr(client, opened.__name__, _afresh(opened))
    together = threading.Barrier(THREADS)

    def wait_and_ask() -> None:
        together.wait()
        ask()

    threads = [threading.Thread(target=wait_and_ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1


def _afresh(opened: Any) -> Any:
    """The same function with an empty cache."""
    return functools.cache(opened.__wrapped__)
