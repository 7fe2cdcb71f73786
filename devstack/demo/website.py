"""A web site on loopback, to be visited through the proxy."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GREETING = b"Hello from the other side.\n"


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.visits.append(dict(self.headers.items()))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(GREETING)))
        self.end_headers()
        self.wfile.write(GREETING)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing."""


class Website(ThreadingHTTPServer):
    """The site; ``visits`` are the headers of each request that reached it."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on any free port."""
        super().__init__(("127.0.0.1", 0), _Site)
        self.visits: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """The address of its only page."""
        return f"http://127.0.0.1:{self.server_port}/"


@contextmanager
def website() -> Iterator[Website]:
    """Run the site for the length of a block."""
    site = Website()
    thread = threading.Thread(target=site.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join()
