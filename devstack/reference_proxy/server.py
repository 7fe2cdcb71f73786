"""The proxy itself: ``CONNECT`` and plain requests, for those whom it admits."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from devstack.reference_proxy.caps import Asker
from devstack.reference_proxy.counters import Counters
from devstack.reference_proxy.disguise import disguised, response
from devstack.reference_proxy.knowledge import Knowledge, Reason, Shown
from devstack.reference_proxy.messages import (
    HEAD_LIMIT,
    BadRequest,
    Head,
    copy_all,
    copy_answer,
    copy_body,
    read_head,
)
from devstack.reference_proxy.usage import Device, Usage

log = logging.getLogger(__name__)

HEAD_SECONDS: Final = 15
CONNECT_SECONDS: Final = 10
GRACE_SECONDS: Final = 3
HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "te", "upgrade"})
FOR_PROXIES: Final = (
    "proxy-",
    "x-lantern-auth-token",
    "x-lantern-config-",
    "x-lantern-ping",
    "x-lantern-pro-pass",
)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Unreachable(Exception):
    """The target may not, or cannot, be reached; ``status`` is what an admitted client is told."""

    def __init__(self, status: HTTPStatus) -> None:
        """Keep the status."""
        self.status = status
        super().__init__(status.phrase)


class ReferenceProxy:
    """Serves the proxies that ``known`` tells of.

    ``ours`` are ``host:port`` of config- and pro-servers; they are told the client's address,
    with the secret that makes it believable, and get the client's credentials. Other origins get
    no ``X-Lantern-`` header at all.
    """

    def __init__(
        self,
        known: Callable[[], Iterable[Knowledge]],
        counters: Counters,
        usage: Usage,
        *,
        forward_secret: str,
        ours: Collection[str],
        beyond_loopback: bool,
    ) -> None:
        """Prepare; ``serve`` listens."""
        self._known = known
        self._counters = counters
        self._usage = usage
        self._forward_secret = forward_secret
        self._busy: set[asyncio.Task[None]] = set()
        self._ours = frozenset(ours)
        self._beyond_loopback = beyond_loopback

    async def serve(self, host: str, port: int) -> None:
        """Listen until SIGTERM or SIGINT; then let those who are served finish, for a moment."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        server = await asyncio.start_server(self._handle, host, port, limit=HEAD_LIMIT)
        log.info("listening on %s:%s", host, port)
        await stop.wait()
        server.close()
        if self._busy:
            await asyncio.wait(self._busy, timeout=GRACE_SECONDS)
        # asyncio.run cancels the connections that are still open

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._counters.open += 1
        try:
            await self._answer(reader, writer)
        except (OSError, BadRequest, TimeoutError, asyncio.IncompleteReadError):
            log.debug("a connection broke off", exc_info=True)
        finally:
            self._counters.open -= 1
            await _close(writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(read_head(reader), HEAD_SECONDS)
        except BadRequest:
            writer.write(disguised(None))
            return
        reason = self._why_admitted(head)
        self._counters.answered[reason or "refused"] += 1
        if reason is None:
            writer.write(disguised(head))
            return
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            await self._serve(
                head, Passage(self._counters, self._device(reason, head)), (reader, writer)
            )
        finally:
            self._busy.discard(task)

    def _device(self, reason: Reason, head: Head) -> Device | None:
        """The device whose use is counted: on a free proxy, where there is a cap for it."""
        device = self._usage.device(Asker.of(head)) if reason == "free" else None
        if device is not None and device.is_over:
            self._counters.throttled += 1
        return device

    async def _serve(self, head: Head, passage: "Passage", near: Streams) -> None:
        if head.get("X-Lantern-Ping"):
            near[1].write(response(HTTPStatus.OK, "", more=passage.headers()))
            return
        try:
            await self._pass_on(head, passage, near)
        except Unreachable as error:
            near[1].write(response(error.status, f"{error}\n", more=passage.headers()))

    def _why_admitted(self, head: Head) -> Reason | None:
        shown = Shown(
            auth_token=head.get("X-Lantern-Auth-Token"),
            pro_token=head.get("X-Lantern-Pro-Token"),
            device_id=head.get("X-Lantern-Device-Id"),
            its_pass=head.get("X-Lantern-Pro-Pass"),
        )
        meant = [known for known in self._known() if known.is_meant(shown.auth_token)]
        reasons = (known.why_admitted(shown) for known in meant)
        return next((reason for reason in reasons if reason), None)

    async def _pass_on(self, head: Head, passage: "Passage", near: Streams) -> None:
        reader, writer = near
        if head.method == "CONNECT":
            far_reader, far_writer = await self._reach(head.target, 443)
            told = "".join(f"{name}: {value}\r\n" for name, value in passage.headers())
            writer.write(f"HTTP/1.1 200 OK\r\n{told}\r\n".encode())
            try:
                await _join(near, (far_reader, far_writer), passage)
            finally:
                await _close(far_writer)
            return
        url = urlsplit(head.target)
        if url.scheme != "http" or not url.netloc:
            raise Unreachable(HTTPStatus.BAD_REQUEST)
        far_reader, far_writer = await self._reach(url.netloc, 80)
        try:
            far_writer.write(self._towards_origin(head, writer).as_bytes())
            await copy_body(head, reader, far_writer, passage.came)
            await copy_answer(far_reader, writer, passage.went, passage.headers())
        finally:
            await _close(far_writer)

    def _towards_origin(self, head: Head, writer: asyncio.StreamWriter) -> Head:
        """The request as the origin gets it."""
        url = urlsplit(head.target)
        is_ours = url.netloc in self._ours
        dropped = FOR_PROXIES if is_ours else (*FOR_PROXIES, "x-lantern-")
        headers = [
            (name, value)
            for name, value in head.headers
            if name.lower() not in HOP_BY_HOP and not name.lower().startswith(dropped)
        ]
        headers.append(("Connection", "close"))
        if is_ours:
            peer = str(writer.get_extra_info("peername")[0])
            headers.append(("X-Lantern-Config-Client-IP", peer))
            headers.append(("X-Lantern-Config-Auth-Token", self._forward_secret))
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        return replace(head, target=target, headers=tuple(headers))

    async def _reach(self, netloc: str, default_port: int) -> Streams:
        """Connect to a target: to the very address that was checked, whatever its name says."""
        try:
            parts = urlsplit(f"//{netloc}")
            host, port = parts.hostname, parts.port or default_port
        except ValueError as error:
            raise Unreachable(HTTPStatus.BAD_REQUEST) from error
        if not host:
            raise Unreachable(HTTPStatus.BAD_REQUEST)
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            address = str(found[0][4][0])
            if not (self._beyond_loopback or ip_address(address).is_loopback):
                raise Unreachable(HTTPStatus.FORBIDDEN)
            return await asyncio.wait_for(asyncio.open_connection(address, port), CONNECT_SECONDS)
        except (OSError, TimeoutError) as error:
            raise Unreachable(HTTPStatus.BAD_GATEWAY) from error


@dataclass(slots=True)
class Passage:
    """One request on its way: what goes through is counted, and slowed down if need be."""

    counters: Counters
    device: Device | None

    def headers(self) -> list[tuple[str, str]]:
        """What the client is told of its cap."""
        return self.device.headers() if self.device else []

    async def came(self, count: int) -> None:
        """So much came from the client."""
        self.counters.passed["in"] += count
        if self.device:
            await self.device.passed(count, 0)

    async def went(self, count: int) -> None:
        """So much went to the client."""
        self.counters.passed["out"] += count
        if self.device:
            await self.device.passed(0, count)


async def _join(near: Streams, far: Streams, passage: Passage) -> None:
    """Copy both ways until both have ended, or one breaks."""
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(copy_all(near[0], far[1], passage.came))
            group.create_task(copy_all(far[0], near[1], passage.went))
    except* OSError:
        log.debug("a tunnel broke off", exc_info=True)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
