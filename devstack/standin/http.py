"""A small threaded HTTP/1.1 server that can also refuse to answer."""

import contextlib
import json
import select
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

_LARGEST_BODY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, whole. Header names are lower case; ``query`` is still encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    hung_up: Callable[[], bool]

    def json(self) -> dict[str, object]:
        """The body as a JSON object; ``ValueError`` when it is none."""
        value = json.loads(self.body or b"{}")
        if not isinstance(value, dict):
            message = "the body must be a JSON object"
            raise ValueError(message)  # noqa: TRY004 - the same fault to the caller
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(
        cls, value: object, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> "Answer":
        """An answer in JSON."""
        body = json.dumps(value).encode() + b"\n"
        return cls(status, body, headers=headers or {})

    @classmethod
    def of_html(cls, page: str, *, status: int = 200, policy: str | None = None) -> "Answer":
        """A page; by its policy it may load nothing from anywhere and run nothing."""
        policy = policy or "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'"
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return cls(status, page.encode(), "text/html; charset=utf-8", headers)


# None closes the connection without an answer.
Respond = Callable[[Request], Answer | None]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "lantern-standin"
    sys_version = ""
    # Head and body leave in one packet; else a kept-alive client waits 40 ms for each answer.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: "HttpServer"

    def _serve(self) -> None:
        sent = self.headers.get("Content-Length") or "0"
        length = int(sent) if sent.isdecimal() else _LARGEST_BODY + 1
        if length > _LARGEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._send(Answer.of_json({"error": "send a Content-Length"}, status=411))
            return
        parts = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=unquote(parts.path),
            query=parts.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
            hung_up=self._hung_up,
        )
        answer = self.server.respond(request)
        if answer is None:
            self.close_connection = True
        else:
            self._send(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve  # noqa: N815 - its names

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def finish(self) -> None:
        """Close both ways, also when the other side is gone before all is sent."""
        with contextlib.suppress(OSError):
            super().finish()
        self.rfile.close()

    def _hung_up(self) -> bool:
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Say nothing: ``/_control/requests`` tells more."""


class HttpServer(ThreadingHTTPServer):
    """Serves on loopback until it is stopped, and then leaves no thread and no socket behind."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond) -> None:
        """Listen at once; 0 lets the system choose the port."""
        super().__init__(("127.0.0.1", port), _Handler)
        self.respond = respond
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """The address to call, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Cut what is still open, and wait for every thread."""
        serves = self._thread.is_alive()
        if serves:
            with contextlib.suppress(OSError):  # wakes the thread at once, where the system can
                self.socket.shutdown(socket.SHUT_RDWR)
            self.shutdown()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()
        if serves:
            self._thread.join()

    def process_request(self, request: object, client_address: object) -> None:
        """Remember the connection, so that ``stop`` can cut it."""
        assert isinstance(request, socket.socket)
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: object) -> None:
        """Forget the connection, and close it."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)  # type: ignore[arg-type]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error; anything else is ours and is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]
