"""Faults that a test asks for: what goes wrong, with which calls, how often."""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from devstack.standin.http import Request

# What every stand-in can do. `before` is before the call had its effect, `after` is after it.
KINDS = frozenset(
    {
        "timeout_before",
        "timeout_after",
        "close_before",
        "close_after",
        "status_500",
        "status_429",
        "slow",
    }
)


@dataclass(slots=True)
class Fault:
    """One kind of failure for the next ``times`` calls of this method under this path.

    ``seconds`` is how long a timeout holds the line at most, and how long a slow call takes.
    """

    kind: str
    path_prefix: str = "/"
    method: str = "POST"
    times: int = 1
    seconds: float = 60.0

    def concerns(self, request: Request) -> bool:
        """Whether this fault is for this call."""
        return request.path.startswith(self.path_prefix) and self.method in ("*", request.method)


class Faults:
    """The faults that wait for their calls."""

    def __init__(self, kinds: frozenset[str]) -> None:
        """Know which kinds there are."""
        self.kinds = kinds
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let it happen; ``ValueError`` when there is no such kind."""
        if fault.kind not in self.kinds:
            message = f"kind must be one of {', '.join(sorted(self.kinds))}"
            raise ValueError(message)
        with self._lock:
            self._waiting.append(fault)

    def add_from(self, wanted: Mapping[str, object]) -> None:
        """Let happen what a JSON object asks for; ``ValueError`` says what is wrong with it."""
        unknown = wanted.keys() - {"kind", "path_prefix", "method", "times", "seconds"}
        if unknown:
            message = f"unknown: {', '.join(sorted(unknown))}"
            raise ValueError(message)
        self.add(
            Fault(
                kind=str(wanted.get("kind", "")),
                path_prefix=str(wanted.get("path_prefix", "/")),
                method=str(wanted.get("method", "POST")).upper(),
                times=int(str(wanted.get("times", 1))),
                seconds=float(str(wanted.get("seconds", 60))),
            )
        )

    def take(self, request: Request) -> Fault | None:
        """Use up one turn of the first fault that concerns this call, if there is one."""
        with self._lock:
            for fault in self._waiting:
                if fault.concerns(request):
                    fault.times -= 1
                    self._waiting = [item for item in self._waiting if item.times > 0]
                    return fault
        return None

    def clear(self) -> None:
        """Let nothing more go wrong."""
        with self._lock:
            self._waiting = []

    def listed(self) -> list[dict[str, object]]:
        """Return what still waits."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]
