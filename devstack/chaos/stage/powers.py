"""What a fault may do to the stage as a whole; each does it and comes back when it is done."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import redis.asyncio
from redis.exceptions import RedisError

from devstack.chaos.stage.place import bell_of
from devstack.chaos.stage.stage import BELL, Stage
from devstack.chaos.wire.frames import words

Fall = Literal["killed", "stopped"]
_PATIENCE_SECONDS: Final = 2


@dataclass(slots=True)
class _Meeting:
    """Two workers with one job."""

    somebody_came: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


class Powers:
    """The hand of the faults; ``watch_falls`` is told of each process that is killed or stopped."""

    def __init__(self, stage: Stage, watch_falls: Callable[[str, Fall], None]) -> None:
        """Rule over this stage."""
        self._stage = stage
        self._tell = watch_falls
        self._meanwhile: set[asyncio.Task[None]] = set()
        self._meetings: dict[str, _Meeting] = {}

    async def kill(self, name: str) -> None:
        """``kill -9``; the stage starts it again by itself."""
        self._tell(name, "killed")
        await self._stage.actors[name].kill()

    async def stop(self, name: str, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after so long."""
        self._tell(name, "stopped")
        async with self._stage.actors[name].stopped():
            await asyncio.sleep(seconds)

    async def meet(self, name: str, job_id: str, seconds: float) -> bool:
        """Stop who comes first with a job, until somebody else comes with it, or so long.

        The second comes back when the first has had its answer. Tells the first whether they met.
        """
        first = self._meetings.get(job_id)
        if first:
            first.somebody_came.set()
            await _wait(first.answered, seconds)
            return False
        meeting = self._meetings[job_id] = _Meeting()
        self._tell(name, "stopped")
        async with self._stage.actors[name].stopped():
            await _wait(meeting.somebody_came, seconds)
        return meeting.somebody_came.is_set()

    def part(self, job_id: str) -> None:
        """The first of a meeting has its answer."""
        self._meetings.pop(job_id, _Meeting()).answered.set()

    async def hold(self, name: str, seconds: float) -> None:
        """Part a process from all others; what was said arrives afterwards."""
        await self._stage.hold(name, seconds)

    async def empty_bell(self) -> None:
        """Throw all of Celery's messages away."""
        await self._at_bell("FLUSHALL")

    def ring_later(self, command: bytes, seconds: float) -> None:
        """Let a message of Celery's arrive after so long."""
        self._do_meanwhile(self._ring_after(seconds, *words(command)))

    def silence_bell(self, seconds: float) -> None:
        """Kill Celery's Redis, and start it again after so long."""
        self._do_meanwhile(self._silence(seconds))

    def step_clock(self, name: str, seconds: float) -> None:
        """Step the clock of Redis (``store``) or of all processes of ours (``ours``)."""
        self._stage.clocks[name].step(seconds)

    async def all_done(self) -> None:
        """Wait for what was to be done later."""
        while self._meanwhile:
            await asyncio.wait(set(self._meanwhile))

    def _do_meanwhile(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._meanwhile.add(task)
        task.add_done_callback(self._meanwhile.discard)

    async def _ring_after(self, seconds: float, *command: bytes) -> None:
        await asyncio.sleep(seconds)
        await self._at_bell(*command)

    async def _silence(self, seconds: float) -> None:
        bell = self._stage.actors[BELL]
        bell.may_rise.clear()
        try:
            await bell.kill()
            await asyncio.sleep(seconds)
        finally:
            bell.may_rise.set()

    async def _at_bell(self, *command: bytes | str) -> None:
        client = redis.asyncio.Redis.from_url(
            bell_of(self._stage.place).url,
            socket_timeout=_PATIENCE_SECONDS,
            socket_connect_timeout=_PATIENCE_SECONDS,
        )
        with contextlib.suppress(RedisError, OSError):  # it may be away just now
            await client.execute_command(*command)  # type: ignore[no-untyped-call]
        await client.aclose()
