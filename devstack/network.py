"""A stretch of network that can be cut and mended: a port that leads to another."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_CHUNK: Final = 65_536


class Network:
    """Carries connections to ``port`` of loopback until it is cut; each way in its own thread."""

    def __init__(self, port: int) -> None:
        """Listen on a free port."""
        self._far = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._whole = threading.Event()
        self._whole.set()
        self.port = int(self._listener.getsockname()[1])

    def serve(self) -> None:
        """Accept until ``close``. What connects while it is cut is hung up on."""
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._far, timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                if not self._whole.is_set():
                    near.close()
                    far.close()
                    continue
                self._ends |= {near, far}
            for source, target in ((near, far), (far, near)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def cut(self) -> None:
        """Break every connection and let none through until ``mend``."""
        with self._lock:
            self._whole.clear()
            for end in self._ends:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let connections through again."""
        self._whole.set()

    def close(self) -> None:
        """End everything."""
        self.cut()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                target.sendall(data)
        with self._lock:
            for end in (source, target):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                if end in self._ends:
                    self._ends.discard(end)
                    end.close()


@contextmanager
def network_to(port: int) -> Iterator[Network]:
    """A stretch of network for the length of a block."""
    made = Network(port)
    thread = threading.Thread(target=made.serve, name="network", daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join()
