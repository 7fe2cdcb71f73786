"""Sending requests over connections that stay open, and timing them."""

import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from typing import Final

_CHUNK: Final = 65_536
TIMEOUT_SECONDS: Final = 30


class WrongAnswerError(Exception):
    """A call was not answered as it should be, so that its time says nothing."""


class Connection:
    """One connection to a server, one request at a time."""

    def __init__(self, port: int) -> None:
        """Connect to a server on this machine."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> bytes:
        """Send a request; the body of its answer, which must be a success."""
        self._socket.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _, body = received.partition(b"\r\n\r\n")
        length = _length_in(head)
        while len(body) < length:
            body += self._more()
        if not head.startswith(b"HTTP/1.1 200 ") or b'"status":"ok"' not in body:
            raise WrongAnswerError((head.splitlines()[0] + b" " + body[:200]).decode())
        return body

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _more(self) -> bytes:
        chunk = self._socket.recv(_CHUNK)
        if not chunk:
            raise WrongAnswerError("the server hung up")
        return chunk


def _length_in(head: bytes) -> int:
    for line in head.lower().splitlines():
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    raise WrongAnswerError("the answer tells no length")


@dataclass(frozen=True, slots=True)
class Turn:
    """What a call reached in one turn: calls a second, and the median time of one (ms)."""

    rate: float
    median_ms: float


def take_turn(port: int, requests: Iterator[bytes], *, calls: int, connections: int) -> Turn:
    """Send so many requests over so many connections at once."""
    prepared = [next(requests) for _ in range(calls)]
    shares = [prepared[number::connections] for number in range(connections)]
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        times = [each for share in threads.map(lambda s: _send(port, s), shares) for each in share]
    return Turn(calls / (time.perf_counter() - began), median(times) * 1_000)


def _send(port: int, requests: Sequence[bytes]) -> list[float]:
    connection = Connection(port)
    times = []
    for request in requests:
        began = time.perf_counter()
        connection.ask(request)
        times.append(time.perf_counter() - began)
    connection.close()
    return times
