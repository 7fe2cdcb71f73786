"""One HTTP exchange, without blocking the wires that live in the same process."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from devstack.stack.place import HOST

PATIENCE_SECONDS: Final = 25.0


async def call(
    port: int,
    path: str,
    form: Mapping[str, str],
    headers: Mapping[str, str],
    *,
    method: str = "POST",
) -> tuple[int, dict[str, Any]]:
    """POST a form, or GET by it; the status and the JSON. ``OSError`` without a whole answer."""
    body = urlencode(form).encode()
    if method == "GET":
        path, body = f"{path}?{body.decode()}", b""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {HOST}:{port}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await _exchange(port, "\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    except (TimeoutError, asyncio.IncompleteReadError, ValueError, IndexError) as error:
        raise OSError(str(error)) from error


async def _exchange(port: int, request: bytes) -> tuple[int, dict[str, Any]]:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
        told = json.loads(await reader.readexactly(length))
        return int(head.split()[1]), told
    finally:
        writer.transport.abort()
