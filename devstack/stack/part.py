"""One process of the stack, kept running: started, watched, started again, stopped."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devstack.stack.guard import Guard, kill_group
from devstack.stack.place import ROOT, StackError
from devstack.stack.signs import Log, Sign, until

READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 5.0
# Who has run for so long and dies is started again at once.
_STABLE_SECONDS: Final = 10.0
_MOST_FALSE_STARTS: Final = 3
_LAST_LINES: Final = 15

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """A process: what it is called, how it is started, and how it shows that it works."""

    name: str
    command: Sequence[str]
    sign: Sign


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all parts share."""

    environment: Mapping[str, str]
    logs: Path
    guard: Guard
    say: Say


class Running:
    """Keeps one part running until ``stop``, each time in a process group of its own.

    A part whose first process dies is the whole group's end: workers that it leaves behind would
    hold its port, and are killed before it is started again.
    """

    def __init__(self, part: Part, around: Surroundings) -> None:
        """Start nothing yet."""
        self.part = part
        self._around = around
        self._log = Log(around.logs / f"{part.name}.log")
        self._process: asyncio.subprocess.Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._was_ready = asyncio.Event()
        self._false_starts = 0
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Start, and wait until it works; ``StackError`` when it does not."""
        self._keeping = asyncio.create_task(self._keep(), name=self.part.name)
        ready = asyncio.create_task(self._was_ready.wait())
        done, _ = await asyncio.wait(
            {ready, self._keeping}, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if ready in done:
            return
        ready.cancel()
        raise StackError(self._trouble())

    async def stop(self) -> None:
        """End the part and all that it started: politely, and if that does not do, at once."""
        self._stopping.set()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
        if self._keeping is None:
            return
        _, late = await asyncio.wait({self._keeping}, timeout=STOP_SECONDS)
        if late and self._process is not None:
            self._around.say(f"{self.part.name} does not end; killing it")
            kill_group(self._process.pid)
            await asyncio.wait(late)

    async def _keep(self) -> None:
        clock = asyncio.get_running_loop()
        pause = _FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            began = clock.time()
            status = await self._run_once()
            if self._stopping.is_set():
                return
            if not self._was_ready.is_set():
                self._false_starts += 1
                if self._false_starts == _MOST_FALSE_STARTS:
                    return
            lasted = clock.time() - began
            pause = _FIRST_PAUSE_SECONDS if lasted > _STABLE_SECONDS else pause * 2
            self._around.say(f"{self.part.name} {_how(status)}; starting it again")
            await asyncio.sleep(min(pause, _LONGEST_PAUSE_SECONDS))

    async def _run_once(self) -> int:
        process = await self._spawn()
        self._process = process
        self._around.guard.watch(process.pid)
        watching = asyncio.create_task(self._tell_when_ready(process))
        if self._stopping.is_set():  # asked for while it was being started
            process.terminate()
        try:
            return await process.wait()
        finally:
            watching.cancel()
            kill_group(process.pid)
            self._around.guard.release(process.pid)

    async def _spawn(self) -> asyncio.subprocess.Process:
        self._log = Log(self._log.path)
        with self._log.path.open("ab") as file:
            return await asyncio.create_subprocess_exec(
                *self.part.command,
                cwd=ROOT,
                env=self._around.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    async def _tell_when_ready(self, process: asyncio.subprocess.Process) -> None:
        await until(self.part.sign, self._log)
        if self._was_ready.is_set():
            self._around.say(f"{self.part.name} is back (process {process.pid})")
        self._was_ready.set()

    def _trouble(self) -> str:
        lines = self._log.text().splitlines()[-_LAST_LINES:]
        quoted = "\n".join(f"  {line}" for line in lines) or "  (it wrote nothing)"
        return f"{self.part.name} does not come up. The end of its log, {self._log.path}:\n{quoted}"


async def run_to_end(name: str, command: Sequence[str], around: Surroundings) -> None:
    """Run a command that ends by itself; ``StackError`` tells its output when it fails."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=around.environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    around.guard.watch(process.pid)
    try:
        said, _ = await process.communicate()
    finally:
        kill_group(process.pid)
        await process.wait()
        around.guard.release(process.pid)
    if process.returncode:
        output = said.decode(errors="replace").strip()
        message = f"{name} {_how(process.returncode)}:\n{output}"
        raise StackError(message)


def _how(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
