"""One process on the stage: started, killed, stopped, and always started again."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from devstack.stack.guard import Guard, kill_group
from devstack.stack.part import Part
from devstack.stack.place import ROOT, StackError
from devstack.stack.signs import Log, until

_READY_SECONDS: Final = 90.0
_LAST_BYTES: Final = 3_000


class Actor:
    """Keeps a part running until ``close``; whoever kills it has it started again at once."""

    def __init__(
        self, part: Part, environment: Mapping[str, str], logs: Path, guard: Guard
    ) -> None:
        """Start nothing yet."""
        self.part = part
        self.ready = asyncio.Event()
        self.deaths = 0
        # Let it lie when it has died, until this is set again.
        self.may_rise = asyncio.Event()
        self.may_rise.set()
        self._environment = dict(environment)
        self._log = logs / f"{part.name}.log"
        self._guard = guard
        self._process: asyncio.subprocess.Process | None = None
        self._closing = False
        self._stopped = 0
        self._keeping: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.part.name

    @property
    def is_well(self) -> bool:
        """Whether it runs, is ready, and is not stopped."""
        return self.ready.is_set() and not self._stopped

    async def start(self) -> None:
        """Start, and wait until it works; ``StackError`` shows the end of its log."""
        self._keeping = asyncio.create_task(self._keep(), name=self.name)
        await self.wait_until_ready()

    async def wait_until_ready(self) -> None:
        """Wait until it works (again)."""
        try:
            await asyncio.wait_for(self.ready.wait(), _READY_SECONDS)
        except TimeoutError:
            said = self._log.read_bytes()[-_LAST_BYTES:].decode(errors="replace")
            message = f"{self.name} does not come up. The end of its log, {self._log}:\n{said}"
            raise StackError(message) from None

    async def close(self) -> None:
        """End it for good, at once."""
        self._closing = True
        self.may_rise.set()
        if self._process and self._process.returncode is None:
            kill_group(self._process.pid)
        if self._keeping:
            await asyncio.wait({self._keeping})

    async def kill(self) -> None:
        """``kill -9`` the process and its children, and wait until they are gone."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        self.ready.clear()
        kill_group(process.pid)
        await process.wait()

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """SIGSTOP for the length of the block, then SIGCONT."""
        process = self._process
        if process is None or process.returncode is not None:
            yield
            return
        self._stopped += 1
        _signal(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            self._stopped -= 1
            if not self._stopped:
                _signal(process.pid, signal.SIGCONT)

    async def _keep(self) -> None:
        while not self._closing:
            await self.may_rise.wait()
            if not self._closing:
                await self._run_once()
                self.deaths += 1

    async def _run_once(self) -> None:
        log = Log(self._log)
        with self._log.open("ab") as file:
            process = await asyncio.create_subprocess_exec(
                *self.part.command,
                cwd=ROOT,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        self._process = process
        self._guard.watch(process.pid)
        watching = asyncio.create_task(self._tell_when_ready(log))
        try:
            await process.wait()
        finally:
            watching.cancel()
            self.ready.clear()
            kill_group(process.pid)
            self._guard.release(process.pid)

    async def _tell_when_ready(self, log: Log) -> None:
        await until(self.part.sign, log)
        self.ready.set()


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
