"""The proxy's clock: the wall's, which a file may set ahead (``--clock``, for drills)."""

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Clock:
    """Seconds since the epoch. ``file`` holds how many seconds to be ahead; read each time."""

    file: Path | None = None
    _ahead: float = 0.0

    def now(self) -> float:
        """The present."""
        if self.file is not None:
            with contextlib.suppress(OSError, ValueError):  # being written just now
                self._ahead = float(self.file.read_text())
        return time.time() + self._ahead
