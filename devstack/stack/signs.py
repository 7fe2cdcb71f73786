"""Signs by which a process shows that it does its work."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from devstack.stack.place import HOST

# Asked again and again until it is true; the argument is where the process writes its log.
Sign = Callable[["Log"], Awaitable[bool]]

_PATIENCE_SECONDS: Final = 2.0
_GLANCE_SECONDS: Final = 0.05


class Log:
    """What one run of a process wrote: the part of its log since it started."""

    def __init__(self, path: Path) -> None:
        """Begin at the log's present end."""
        self.path = path
        self._start = path.stat().st_size if path.exists() else 0

    def text(self) -> str:
        """All that was written in this run."""
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            file.seek(self._start)
            return file.read().decode(errors="replace")


async def until(sign: Sign, log: Log) -> None:
    """Wait for a sign, as long as it takes."""
    while not await sign(log):  # noqa: ASYNC110 - nothing would tell us
        await asyncio.sleep(_GLANCE_SECONDS)


def answers(port: int, path: str = "/healthz") -> Sign:
    """The sign of a web server: it answers, and does not answer that it is in trouble."""

    async def sign(log: Log) -> bool:
        del log
        with contextlib.suppress(OSError, TimeoutError, ValueError, IndexError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await _status(port, path) < 500  # noqa: PLR2004 - the server's own failures
        return False

    return sign


def pongs(port: int, password: str) -> Sign:
    """The sign of Redis: it has read all its data and answers."""

    async def sign(log: Log) -> bool:
        del log
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                said = await _first_lines(port, f"AUTH {password}\r\nPING\r\n", count=2)
                return said[-1].startswith("+PONG")
        return False

    return sign


def logs(words: str) -> Sign:
    """The sign of a process without a port: it says so in its log."""

    async def sign(log: Log) -> bool:
        return words in log.text()

    return sign


async def _status(port: int, path: str) -> int:
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n"
    [first] = await _first_lines(port, request)
    return int(first.split()[1])


async def _first_lines(port: int, request: str, *, count: int = 1) -> list[str]:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request.encode())
        return [(await reader.readline()).decode(errors="replace") for _ in range(count)]
    finally:
        writer.close()
