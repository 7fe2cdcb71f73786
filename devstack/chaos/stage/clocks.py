"""Clocks that can be set: libfaketime, where Debian's package of that name is installed."""

from pathlib import Path
from typing import Final

_PLACES: Final = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")


def library() -> str | None:
    """The library's path, or None where it is not installed."""
    found = [path for place in _PLACES for path in Path("/").glob(place.lstrip("/"))]
    return str(found[0]) if found else None


class Clock:
    """One clock, for all processes that are started with its ``environment``.

    They look at the file once a second. Clocks that measure spans are left alone: a step of the
    wall clock does not move those on a real machine either.
    """

    def __init__(self, file: Path) -> None:
        """Begin with the true time; ``library`` must not be None."""
        self._file = file
        self.ahead = 0.0
        self.step(0)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to go by this clock."""
        return {
            "LD_PRELOAD": library() or "",
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def step(self, seconds: float) -> None:
        """Step the clock forwards (or, below 0, backwards)."""
        self.ahead += seconds
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{self.ahead:+.3f}\n")
        draft.replace(self._file)
