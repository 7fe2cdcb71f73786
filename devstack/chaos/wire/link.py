"""One link of the wire: everything that one process says to one other goes through here."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final, Protocol

from devstack.chaos.wire.frames import Ending, whole
from devstack.chaos.wire.step import Step, Steps
from devstack.stack.place import HOST

_CHUNK: Final = 1 << 16


class Break(Exception):
    """The link is cut here: neither side hears anything more on this connection."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What becomes of a request: it goes on ``times`` times, or is answered without going on."""

    times: int = 1
    answer: bytes = b""


class Strike(Protocol):
    """A fault that will happen at one step. Either method may wait, and may raise ``Break``."""

    async def before(self, request: bytes) -> Passage:
        """Happen before the request goes on."""

    async def after(self, answer: bytes) -> bytes:
        """Happen when it was answered; returns what of the answer goes back."""


class Judge(Protocol):
    """Sees every step, and says which ones are struck."""

    def consider(self, step: Step) -> Strike | None:
        """Whether a fault strikes here."""

    def asked(self, step: Step, request: bytes) -> object:
        """The request goes on to the far side; what is returned comes back in ``answered``."""

    def answered(self, step: Step, note: object, answer: bytes) -> None:
        """The far side has answered."""


class Part(Break):
    """The link is cut in the middle of an answer: this much of it still arrives."""

    def __init__(self, beginning: bytes) -> None:
        """Let ``beginning`` through."""
        super().__init__()
        self.beginning = beginning


@dataclass(slots=True)
class _Asked:
    """A request that waits for its answer."""

    step: Step | None
    strike: Strike | None = None
    note: object = None
    swallow: bool = False


class _Outlet:
    """One way out. What was read together is sent together, as far as no fault comes between."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        """Send nothing yet."""
        self._writer = writer
        self._gathered: list[bytes] = []

    def add(self, message: bytes) -> None:
        """Let this go on with the next ``flush``."""
        self._gathered.append(message)

    def flush(self) -> None:
        """Send what was gathered."""
        if self._gathered:
            self._writer.write(b"".join(self._gathered))
            self._gathered.clear()

    async def drain(self) -> None:
        """Send what was gathered, and wait while the far side is slow."""
        self.flush()
        await self._writer.drain()


@dataclass(frozen=True, slots=True)
class Route:
    """From whom to where, and how to read what goes by."""

    actor: str
    target: str
    port: int
    steps: Steps
    ending: Ending


class Link:
    """A listening port that carries connections to ``route.port``."""

    def __init__(self, route: Route, judge: Judge) -> None:
        """Carry nothing yet."""
        self.route = route
        self._judge = judge
        self._server: asyncio.Server | None = None
        self._carrying: set[asyncio.Task[None]] = set()
        self._open = asyncio.Event()
        self._open.set()

    async def start(self, port: int = 0) -> int:
        """Listen; answers the port."""
        self._server = await asyncio.start_server(self._accept, HOST, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Cut every connection and listen no more."""
        if self._server:
            self._server.close()
        for task in list(self._carrying):
            task.cancel()
        if self._carrying:
            await asyncio.wait(self._carrying)

    def hold(self) -> None:
        """Let nothing through, either way, until ``release``: nothing is lost, all is late."""
        self._open.clear()

    def release(self) -> None:
        """Let through what was held, in its order."""
        self._open.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        try:
            await self._carry(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._carrying.discard(task)
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(HOST, self.route.port)
        waiting: deque[_Asked] = deque()
        try:
            await _first_to_end(
                self._requests(reader, far_writer, writer, waiting),
                self._answers(far_reader, writer, waiting),
            )
        finally:
            far_writer.transport.abort()

    async def _requests(
        self,
        reader: asyncio.StreamReader,
        far: asyncio.StreamWriter,
        near: asyncio.StreamWriter,
        waiting: deque[_Asked],
    ) -> None:
        buffer, outlet = bytearray(), _Outlet(far)
        while data := await reader.read(_CHUNK):
            buffer += data
            for request in whole(buffer, self.route.ending):
                await self._pass_on(request, outlet, near, waiting)
            await outlet.drain()

    async def _pass_on(
        self,
        request: bytes,
        far: _Outlet,
        near: asyncio.StreamWriter,
        waiting: deque[_Asked],
    ) -> None:
        step = self.route.steps.name(self.route.actor, self.route.target, request)
        strike = self._judge.consider(step) if step else None
        if strike or not self._open.is_set():
            far.flush()
        passage = await strike.before(request) if strike else Passage()
        await self._open.wait()
        if passage.answer:
            near.write(passage.answer)
            return
        note = self._judge.asked(step, request) if step else None
        waiting.append(_Asked(step, strike, note))
        waiting.extend(_Asked(None, swallow=True) for _ in range(passage.times - 1))
        far.add(request * passage.times)

    async def _answers(
        self,
        far: asyncio.StreamReader,
        near: asyncio.StreamWriter,
        waiting: deque[_Asked],
    ) -> None:
        buffer, outlet = bytearray(), _Outlet(near)
        while data := await far.read(_CHUNK):
            buffer += data
            for answer in whole(buffer, self.route.ending):
                asked = waiting.popleft() if waiting else _Asked(None)
                outlet.add(await self._pass_back(answer, asked, outlet))
            await outlet.drain()

    async def _pass_back(self, answer: bytes, asked: _Asked, near: _Outlet) -> bytes:
        if asked.swallow:
            return b""
        if asked.strike or not self._open.is_set():
            near.flush()
        if asked.step:
            self._judge.answered(asked.step, asked.note, answer)
        if asked.strike:
            try:
                answer = await asked.strike.after(answer)
            except Part as part:
                near.add(part.beginning)
                with contextlib.suppress(OSError):
                    await near.drain()
                raise
        await self._open.wait()
        return answer


async def _first_to_end(*ways: Coroutine[Any, Any, None]) -> None:
    """Run both ways until one ends or breaks; then end the other."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            with contextlib.suppress(OSError, Break):
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
