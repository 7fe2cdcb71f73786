"""HTTP/1.1 as far as a proxy must read it: the head of a request, and where its body ends."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

HEAD_LIMIT: Final = 64 * 1024
CHUNK: Final = 64 * 1024
REQUEST_LINE_WORDS: Final = 3

Passed = Callable[[int], Awaitable[None]]
"""What is told of bytes that have gone through; it may wait."""


class BadRequest(Exception):
    """What came is no HTTP request."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request without its body. Headers keep their order and spelling."""

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """The first header of this name, in any letter case; empty when there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def all(self, name: str) -> list[str]:
        """Every header of this name, in any letter case."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    def as_bytes(self) -> bytes:
        """The head as it is sent."""
        lines = [f"{self.method} {self.target} {self.version}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def read_head(reader: asyncio.StreamReader) -> Head:
    """Read a request's head; ``BadRequest`` when it is none or too long."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise BadRequest from error
    first, *lines = raw.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != REQUEST_LINE_WORDS or not words[2].startswith("HTTP/1."):
        raise BadRequest
    try:
        urlsplit(words[1])
    except ValueError as error:
        raise BadRequest from error
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest
        headers.append((name, value.strip()))
    return Head(words[0], words[1], words[2], tuple(headers))


async def copy_body(
    head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: Passed
) -> None:
    """Copy the body that follows a head, and nothing that comes after it."""
    if head.get("Transfer-Encoding").lower() == "chunked":
        await _copy_chunks(reader, writer, passed)
    elif length := head.get("Content-Length"):
        if not (length.isascii() and length.isdigit()):
            raise BadRequest
        await _copy(int(length), reader, writer, passed)
    await writer.drain()


async def copy_all(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: Passed
) -> None:
    """Copy until the end, and pass the end on."""
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
        await passed(len(data))
    if writer.can_write_eof():
        writer.write_eof()


async def copy_answer(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    passed: Passed,
    more: Sequence[tuple[str, str]],
) -> None:
    """Copy an origin's answer until its end, with more headers if it begins as an answer does."""
    if more:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            head = error.partial
        except asyncio.LimitOverrunError as error:
            head = await reader.readexactly(error.consumed)
        if head.startswith(b"HTTP/") and head.endswith(b"\r\n\r\n"):
            added = "".join(f"{name}: {value}\r\n" for name, value in more)
            head = head.removesuffix(b"\r\n") + added.encode() + b"\r\n"
        writer.write(head)
        await passed(len(head))
    await copy_all(reader, writer, passed)


async def _copy(
    count: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: Passed
) -> None:
    while count:
        data = await reader.read(min(count, CHUNK))
        if not data:
            raise BadRequest
        writer.write(data)
        await writer.drain()
        await passed(len(data))
        count -= len(data)


async def _copy_chunks(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: Passed
) -> None:
    while True:
        line = await reader.readline()
        writer.write(line)
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError as error:
            raise BadRequest from error
        if size == 0:
            break
        await _copy(size + 2, reader, writer, passed)
    while (trailer := await reader.readline()) not in {b"\r\n", b""}:
        writer.write(trailer)
    writer.write(b"\r\n")
