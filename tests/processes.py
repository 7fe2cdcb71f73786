"""Real processes for tests: started, waited for by what they answer, and ended."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeVar

import requests

T = TypeVar("T")
PATIENCE_SECONDS: Final = 40.0
"""Long enough for a busy machine, and less than the minute after which sweeps look."""
PAUSE_SECONDS: Final = 0.02


def eventually(look: Callable[[], T | None], *, within: float = PATIENCE_SECONDS) -> T:
    """Look until something is seen (neither None nor False); fail when the time is over."""
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if seen is not None and seen is not False:
            return seen
        if time.monotonic() > deadline:
            message = f"not seen within {within} s"
            raise AssertionError(message)
        time.sleep(PAUSE_SECONDS)  # noqa: TID251 - what other processes do tells nobody


@contextmanager
def process(
    *command: str, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``python -m <command>`` in the tests' environment; it must end well when asked to."""
    started = subprocess.Popen(
        [sys.executable, "-m", *command],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lantern_pro.settings", **(environment or {})},
    )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
            raise


def answers(url: str) -> bool:
    """Whether a web server answers there at all."""
    try:
        requests.get(url, timeout=2).close()
    except (requests.ConnectionError, requests.Timeout):
        return False
    return True
