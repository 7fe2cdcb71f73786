"""The guard: when the supervisor dies, even by ``kill -9``, nothing that it started outlives it.

Servers have workers of their own, so a signal to each direct child would not do: what the guard
kills are process groups. It learns of them through a pipe, and the end of the pipe is the sign.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Iterable


def kill_group(group: int) -> None:
    """Kill every process of a group, if there is any."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def stand_guard(lines: Iterable[str]) -> None:
    """Read ``+<group>`` and ``-<group>`` to the end, then kill the groups that are left."""
    groups: set[int] = set()
    for line in lines:
        sign, group = line[0], int(line[1:])
        (groups.add if sign == "+" else groups.discard)(group)
    for group in groups:
        kill_group(group)


class Guard:
    """The supervisor's end of the pipe. A guard that dies is replaced and told everything anew."""

    def __init__(self) -> None:
        """Guard nothing yet."""
        self._groups: set[int] = set()
        self._pipe: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Keep a guard until cancelled."""
        while True:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "devstack.stack.guard",
                stdin=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
            self._pipe = process.stdin
            for group in self._groups:
                self._tell(f"+{group}")
            try:
                await process.wait()
            finally:
                await self._dismiss(process)

    async def _dismiss(self, process: asyncio.subprocess.Process) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        await process.wait()

    def watch(self, group: int) -> None:
        """Begin to guard a process group."""
        self._groups.add(group)
        self._tell(f"+{group}")

    def release(self, group: int) -> None:
        """Guard a process group no longer: all of it has ended."""
        self._groups.discard(group)
        self._tell(f"-{group}")

    def _tell(self, line: str) -> None:
        if self._pipe is not None:
            self._pipe.write(f"{line}\n".encode())


if __name__ == "__main__":
    stand_guard(sys.stdin)
