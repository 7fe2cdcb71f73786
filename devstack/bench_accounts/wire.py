"""A wire to Redis that counts round trips: how often somebody speaks after having been answered.

A pipeline of ten commands is sent at once and is one round trip; two commands, the second of
which waits for the answer to the first, are two. (One that is longer than a packet may be answered
in part while the rest is still on its way, and then counts as more.)
"""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_CHUNK: Final = 65_536
_LOOK_SECONDS: Final = 0.2


class CountingWire:
    """Passes on what goes between clients and a Redis, from a thread of its own."""

    def __init__(self, host: str, port: int) -> None:
        """Listen on a free port of loopback for clients of the Redis at this address."""
        self._redis = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends = selectors.DefaultSelector()
        self._ends.register(self._listener, selectors.EVENT_READ)
        self._is_answered: dict[socket.socket, bool] = {}
        self._pairs: dict[socket.socket, tuple[socket.socket, socket.socket]] = {}
        self._closing = threading.Event()
        self.round_trips = 0
        self.port = int(self._listener.getsockname()[1])

    def serve(self) -> None:
        """Pass bytes on until ``close``."""
        while not self._closing.is_set():
            for key, _ in self._ends.select(_LOOK_SECONDS):
                if key.data is None:
                    self._accept()
                elif key.data in self._pairs:  # unless its other end has just hung up
                    self._pass_on(key.data)

    def close(self) -> None:
        """Hang up on everybody, at the next look."""
        self._closing.set()

    def hang_up(self) -> None:
        """Close every socket; nobody serves any more."""
        for end in [self._listener, *self._pairs]:
            end.close()
        self._ends.close()

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        server = socket.create_connection(self._redis)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._is_answered[client] = True
        self._pairs[client] = (server, client)
        self._pairs[server] = (client, client)
        for end in (client, server):
            self._ends.register(end, selectors.EVENT_READ, end)

    def _pass_on(self, source: socket.socket) -> None:
        target, client = self._pairs[source]
        try:
            passed = source.recv(_CHUNK)
            target.sendall(passed)
        except OSError:
            passed = b""
        if not passed:
            for end in (source, target):
                self._ends.unregister(end)
                del self._pairs[end]
                end.close()
            return
        is_question = source is client
        if is_question and self._is_answered[client]:
            self.round_trips += 1
        self._is_answered[client] = not is_question


@contextmanager
def counting(host: str, port: int) -> Iterator[CountingWire]:
    """A wire for the length of a block."""
    wire = CountingWire(host, port)
    thread = threading.Thread(target=wire.serve, name="counting wire", daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        wire.close()
        thread.join()
        wire.hang_up()
