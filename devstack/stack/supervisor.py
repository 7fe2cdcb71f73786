"""The supervisor: brings a stack up in order, keeps it up, takes it down without losing anything.

Up: Redis, the stand-ins, the demo data, then everybody else. Down: those who answer clients first,
then those who work on what was accepted, then the stand-ins, Redis last.
"""

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Iterator, Sequence
from typing import Final

from devstack.stack import parts
from devstack.stack.environment import environment_of, redis_of
from devstack.stack.guard import Guard
from devstack.stack.own_secrets import ADMIN_PASSWORD
from devstack.stack.part import Part, Running, Say, Surroundings
from devstack.stack.place import StackError, StackPlace
from devstack.stack.preparing import prepare, seed
from devstack.stack.screen import first_screen

_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def run_stack(place: StackPlace, say: Say) -> None:
    """Run the stack until SIGINT, SIGTERM or SIGHUP; ``StackError`` when it does not come up."""
    asked_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, asked_to_stop.set)
    with _only_one_in(place):
        place.check_ports_are_free()
        stack = Stack(place, say)
        starting = asyncio.create_task(stack.start())
        stopping = asyncio.create_task(asked_to_stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await stopping
            say("stopping")
        finally:
            await _cancel(starting)
            await _cancel(stopping)
            await stack.stop()
        say("stopped")


class Stack:
    """The processes of one place."""

    def __init__(self, place: StackPlace, say: Say) -> None:
        """Start nothing yet."""
        self._place = place
        self._say = say
        self._guard = Guard()
        self._guarding: asyncio.Task[None] | None = None
        # What was started together stops together; what was started last stops first.
        self._stages: list[list[Running]] = []

    async def start(self) -> None:
        """Bring everything up, and say ``ready``; ``StackError`` says what does not come up."""
        place = self._place
        place.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._guarding = asyncio.create_task(self._guard.run())
        redis_place = redis_of(place)
        if redis_place:
            redis_place = redis_place.at_a_free_port()
        around = Surroundings(environment_of(place), place.logs, self._guard, self._say)
        if redis_place:
            await self._up([parts.redis(redis_place)], around)
        await asyncio.gather(self._up(parts.stand_ins(place), around), prepare(around))
        await asyncio.gather(
            self._up(parts.workers(), around), self._up(parts.edges(place), around)
        )
        await seed(place, around)
        self._say(first_screen(place, around.environment[ADMIN_PASSWORD]))
        self._say("ready. Ctrl-C stops everything.")

    async def stop(self) -> None:
        """Take down whatever is up."""
        while self._stages:
            await asyncio.gather(*(running.stop() for running in self._stages.pop()))
        await _cancel(self._guarding)

    async def _up(self, members: Sequence[Part], around: Surroundings) -> None:
        stage = [Running(part, around) for part in members]
        self._stages.append(stage)
        await asyncio.gather(*(running.start() for running in stage))


@contextlib.contextmanager
def _only_one_in(place: StackPlace) -> Iterator[None]:
    """Hold the folder; ``StackError`` when another stack holds it."""
    place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(place.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = (
                f"Another stack runs in {place.folder}. Stop it, or set LANTERN_DATA_DIR (and "
                "the ports) to run a second one beside it."
            )
            raise StackError(message) from None
        yield
    finally:
        os.close(descriptor)


async def _cancel(task: "asyncio.Task[None] | asyncio.Task[bool] | None") -> None:
    """End a task; what it has to say was said by then, or does not matter any more."""
    if task is None:
        return
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
