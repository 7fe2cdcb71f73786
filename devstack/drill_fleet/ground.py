"""The Redis of a drill: a real one, killed at times, and the connections that faults strike."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError
from redis.retry import Retry

from devstack.drill_fleet.turns import Died, Kind, at_hand, wait_for_turn
from devstack.redis_server import RedisPlace
from lantern_pro.jobs.keys import LEASED
from lantern_pro.store import client as store
from lantern_pro.types import Cell

HERE: Final = Cell(0)
TRIES: Final = 3
LONG_AGO: Final = 1
LONG_FILE: Final = 4_000_000


class StruckConnection(redis.Connection):
    """A connection whose commands wait for their actor's turn, and meet the actor's faults."""

    _after: Kind | None = None

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:  # noqa: FBT001, FBT002 - as redis-py calls it
        """Send, unless the fault comes before."""
        actor = at_hand()
        if actor is None or not check_health:  # nobody's, or what opens the connection
            super().send_packed_command(command, check_health)  # type: ignore[no-untyped-call]
            return
        wait_for_turn(actor)
        sent = command if isinstance(command, list) else [command]
        kind = actor.meet(is_script=any(b"EVAL" in bytes(each[:64]) for each in sent))
        if kind == "overtaken":
            expire_leases()
            actor.asleep = True
            wait_for_turn(actor)
        if kind == "dies before":
            raise Died
        if kind == "cut before":
            self.disconnect()  # type: ignore[no-untyped-call]
            raise RedisConnectionError("cut")
        super().send_packed_command(command, check_health)  # type: ignore[no-untyped-call]
        self._after = kind

    def read_response(self, *args: Any, **named: Any) -> Any:
        """Read, and lose the answer where the fault comes after."""
        kind, self._after = self._after, None
        try:
            answer = super().read_response(*args, **named)
        except NoScriptError:
            actor = at_hand()
            if kind and actor:
                actor.put_off()
            raise
        if kind == "dies after":
            self.disconnect()  # type: ignore[no-untyped-call]
            raise Died
        if kind == "cut after":
            self.disconnect()  # type: ignore[no-untyped-call]
            raise RedisConnectionError("cut")
        return answer


def expire_leases() -> None:
    """Let every lease be over: whoever holds one is slow, and others may take the jobs."""
    with _plain() as client:
        held: list[Any] = client.zrange(LEASED(cell=HERE), 0, -1)
        if held:
            client.zadd(LEASED(cell=HERE), dict.fromkeys(held, LONG_AGO), xx=True)


@dataclass(slots=True)
class Ground:
    """Redis with its append-only file, which outlives it."""

    place: RedisPlace
    process: subprocess.Popen[bytes]
    clients: tuple[redis.Redis, redis.Redis]

    def power_cut(self) -> None:
        """Kill Redis in the midst of it all, and start it again from its file."""
        self._kill()
        self.process = _start(self.place)

    def _kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for client in self.clients:
            client.connection_pool.disconnect()

    def clear(self) -> None:
        """Begin anew; with an empty file too, when what it tells has become long to read."""
        self.clients[0].flushall()
        written = self.place.folder / "appendonly.aof"
        if written.stat().st_size > LONG_FILE:
            self._kill()
            written.unlink()
            self.process = _start(self.place)


_places: list[RedisPlace] = []


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Run a Redis in this folder and let the store speak to it meanwhile."""
    place = RedisPlace.in_folder(folder)
    text, raw = _client(place, decode=True), _client(place, decode=False)
    here = Ground(place, _start(place), (text, raw))
    _places.append(place)
    try:
        with store.using(text=text, raw=raw):
            yield here
    finally:
        _places.pop()
        for client in here.clients:
            client.close()
        here.process.kill()
        here.process.wait()


def _start(place: RedisPlace) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(place.command(fsync="no"), stdout=subprocess.DEVNULL)
    try:
        place.wait(process)
    except RuntimeError:
        process.kill()
        raise
    return process


def _client(place: RedisPlace, *, decode: bool) -> redis.Redis:
    pool = redis.ConnectionPool(
        connection_class=StruckConnection,
        host="127.0.0.1",
        port=place.port,
        password=place.password,
        decode_responses=decode,
        protocol=2,
        socket_timeout=20,
        retry=Retry(NoBackoff(), retries=TRIES, supported_errors=(RedisConnectionError,)),
    )
    return redis.Redis(connection_pool=pool)


@contextmanager
def _plain() -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(_places[-1].url, decode_responses=True)
    try:
        yield client
    finally:
        client.close()
