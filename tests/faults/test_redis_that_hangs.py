"""A Redis that takes connections and never answers: stopped, or behind a broken network."""

import socketserver
import threading
from collections.abc import Iterator

import pytest
from pytest_django import Settings
from redis.exceptions import TimeoutError as RedisTimeoutError

from lantern_pro.store import client


class SilentRedis(socketserver.ThreadingTCPServer):
    """Takes in what it is sent, and counts who came."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), Swallow)
        self.callers = 0


class Swallow(socketserver.BaseRequestHandler):
    """One connection."""

    server: SilentRedis

    def handle(self) -> None:
        """Read to the end."""
        self.server.callers += 1
        while self.request.recv(4096):
            pass


@pytest.fixture
def silent_redis(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[SilentRedis]:
    """The store's Redis for one test; it is given up soon."""
    with SilentRedis() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.REDIS_URL = f"redis://127.0.0.1:{server.server_address[1]}/0"
        monkeypatch.setattr(client, "ANSWER_SECONDS", 0.2)
        client._connect.cache_clear()
        yield server
        client.text_client().close()
        client._connect.cache_clear()
        server.shutdown()


def test_an_answer_that_does_not_come_is_waited_for_once(silent_redis: SilentRedis) -> None:
    with pytest.raises(RedisTimeoutError):
        client.text_client().get("anything")

    assert silent_redis.callers == 1
