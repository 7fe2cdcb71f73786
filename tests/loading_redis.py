"""A Redis that is still loading its data: it answers, and says that it cannot answer yet."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

LOADING: Final = b"-LOADING Redis is loading the dataset in memory\r\n"


class _Loading(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Answer each command alike. Clients of the tests send whole commands."""
        while told := self.request.recv(65536):
            commands = len(re.findall(rb"(?:^|\r\n)\*\d+\r\n", told))
            self.server.asked += commands  # type: ignore[attr-defined]
            self.request.sendall(LOADING * commands)


class LoadingRedis(socketserver.ThreadingTCPServer):
    """Counts how often it was ``asked``."""

    allow_reuse_address = True
    daemon_threads = True
    asked = 0


@contextmanager
def loading_redis(port: int) -> Iterator[LoadingRedis]:
    """Be it on this port for the length of a block."""
    with LoadingRedis(("127.0.0.1", port), _Loading) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
