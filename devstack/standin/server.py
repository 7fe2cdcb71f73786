"""A stand-in's frame: serving, the faults, and the way for tests to look inside."""

import argparse
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from devstack.standin.faults import KINDS, Fault, Faults
from devstack.standin.http import Answer, HttpServer, Request
from devstack.standin.journal import Journal, Object

_REQUESTS_KEPT = 2_000


class Standin:
    """The frame of a vendor's stand-in; a subclass answers the vendor's own calls.

    Beside those every stand-in answers ``GET /healthz``, ``GET|POST|DELETE /_control/faults`` and
    ``GET|DELETE /_control/requests``. Those are never counted, delayed or broken.
    """

    name: ClassVar[str]
    # Faults that the subclass brings about itself; `answer` is given them.
    own_faults: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, data_dir: Path | None, port: int) -> None:
        """Take up the state in the folder (None: in memory only) and listen; 0 is any port."""
        self.journal = Journal(data_dir / f"{self.name}.jsonl" if data_dir else None)
        self.faults = Faults(KINDS | self.own_faults)
        self.requests: deque[Object] = deque(maxlen=_REQUESTS_KEPT)
        self.stopping = threading.Event()
        try:
            self._server = HttpServer(port, self.respond)
        except OSError:
            self.journal.close()
            raise

    @property
    def url(self) -> str:
        """The address to call, without a slash at its end."""
        return self._server.url

    def start(self) -> str:
        """Serve in threads of its own, and say where."""
        self._server.start()
        return self.url

    def stop(self) -> None:
        """Stop serving; whoever waits is cut off. What was answered is on disk."""
        self.stopping.set()
        self._server.stop()
        self.journal.close()

    # --- what a subclass brings -------------------------------------------------------------------
    def answer(self, request: Request, fault: Fault | None) -> Answer:
        """Answer one of the vendor's calls, or show a page; faults of ``own_faults`` come along."""
        raise NotImplementedError

    def failure(self, status: int) -> Answer:
        """The vendor's own shape of an answer for 429, 500 and the like."""
        raise NotImplementedError

    def parameters(self, request: Request) -> object:
        """What was sent, with every secret masked, for ``/_control/requests``."""
        raise NotImplementedError

    def control(self, request: Request) -> Answer | None:
        """Answer a ``/_control/`` call that only this stand-in has; None when it is none."""
        raise NotImplementedError

    # --- one request ------------------------------------------------------------------------------
    def respond(self, request: Request) -> Answer | None:
        """Answer a request as the server does; None hangs up. Also without ``start()``."""
        try:
            if request.path == "/healthz":
                return Answer.of_json({"status": "ok", "name": self.name})
            if request.path.startswith("/_control/"):
                return self._control(request)
            return self._vendor_call(request)
        except Exception:  # noqa: BLE001 - a bug in a stand-in must be seen, not hang its caller
            traceback.print_exc()
            return self.failure(500)

    def _vendor_call(self, request: Request) -> Answer | None:
        fault = self.faults.take(request)
        entry: Object = {
            "method": request.method,
            "path": request.path,
            "parameters": self.parameters(request),
            "idempotency_key": request.headers.get("idempotency-key"),
            "fault": fault.kind if fault else None,
            "status": None,
        }
        self.requests.append(entry)
        answer = self._through(fault, request)
        entry["status"] = answer.status if answer else None
        return answer

    def _through(self, fault: Fault | None, request: Request) -> Answer | None:
        what, _, moment = fault.kind.partition("_") if fault else ("", "", "")
        if what == "status":
            return self.failure(int(moment))
        if moment == "after":
            self.answer(request, None)
        if fault and what == "timeout":
            self._hold(request, fault.seconds)
        if what in ("timeout", "close"):
            return None
        return self.answer(request, fault)

    def _hold(self, request: Request, seconds: float) -> None:
        """Keep a caller waiting until it hangs up, for ``seconds`` at most, and answer nothing."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not request.hung_up():
            if self.stopping.wait(0.02):
                return

    def _control(self, request: Request) -> Answer:
        try:
            answer = self._common_control(request) or self.control(request)
        except (ValueError, TypeError) as error:
            return Answer.of_json({"error": str(error)}, status=400)
        return answer or Answer.of_json({"error": "no such control"}, status=404)

    def _common_control(self, request: Request) -> Answer | None:
        match request.method, request.path:
            case "POST", "/_control/faults":
                self.faults.add_from(request.json())
            case "DELETE", "/_control/faults":
                self.faults.clear()
            case "GET", "/_control/faults":
                pass
            case "DELETE", "/_control/requests":
                self.requests.clear()
                return Answer.of_json({"requests": []})
            case "GET", "/_control/requests":
                return Answer.of_json({"requests": list(self.requests)})
            case _:
                return None
        return Answer.of_json({"faults": self.faults.listed()})


def common_arguments(name: str, description: str) -> argparse.ArgumentParser:
    """Make a parser that knows the port (``LANTERN_<NAME>_PORT``) and the folder."""
    variable = f"LANTERN_{name.upper()}_PORT"
    parser = argparse.ArgumentParser(prog=f"devstack.{name}_standin", description=description)
    parser.add_argument(
        "--port",
        type=int,
        default=int(os.environ.get(variable) or 0),
        help=f"where to listen on 127.0.0.1 (default: {variable}, or any free port)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="where to keep the state (default: in memory, gone at the end)",
    )
    return parser


def serve(make: Callable[[], Standin]) -> int:
    """Make a stand-in and serve until SIGTERM or SIGINT; answers the exit status."""
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: done.set())
    try:
        standin = make()
    except OSError as error:
        sys.stderr.write(f"cannot start (is the port, or the folder, in use?): {error}\n")
        return 1
    sys.stdout.write(f"{standin.name} stand-in ready on {standin.start()}\n")
    sys.stdout.flush()
    done.wait()
    standin.stop()
    return 0
