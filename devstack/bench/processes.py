"""Processes of contestants: started quietly, and killed as a machine's power switch would."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PAUSE_SECONDS: Final = 0.005


class DidNotFinishError(Exception):
    """A contestant did not do in time what it was started for."""


def cpu_seconds(pid: int) -> float:
    """The processor time of a process and its living descendants so far."""
    return sum(_own_cpu_seconds(each) for each in [pid, *_descendants(pid)])


def start(command: Sequence[str], environment: Mapping[str, str], *, log: Path) -> int:
    """Start a process of its own session; answers its id. What it says goes into the log."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, env=dict(environment), stdout=file, stderr=file, start_new_session=True
        )
    _started[process.pid] = process
    return process.pid


_started: dict[int, subprocess.Popen[bytes]] = {}


def kill(pid: int) -> None:
    """``kill -9`` of a process and all its descendants, none of which can see it coming."""
    for each in _frozen_family(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    _started.pop(pid).wait()


@contextmanager
def running(command: Sequence[str], environment: Mapping[str, str], *, log: Path) -> Iterator[int]:
    """A process for the length of a block; gives its id."""
    pid = start(command, environment, log=log)
    try:
        yield pid
    finally:
        kill(pid)


def output_of(command: Sequence[str], environment: Mapping[str, str], *, log: Path) -> str:
    """Run a process to its end; answers what it wrote."""
    with log.open("ab") as file:
        done = subprocess.run(
            command, env=dict(environment), stdout=subprocess.PIPE, stderr=file, check=False
        )
    if done.returncode:
        message = f"{' '.join(command)} ended with {done.returncode}; {log} may say why"
        raise DidNotFinishError(message)
    return done.stdout.decode()


def wait_until(look: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Look until it is so; ``DidNotFinishError`` when the time is over."""
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            message = f"{what}: not within {seconds:g} s"
            raise DidNotFinishError(message)
        time.sleep(PAUSE_SECONDS)  # noqa: TID251 - other processes tell nobody


def _frozen_family(pid: int) -> list[int]:
    """The process and its descendants, each stopped before its children are counted."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    return [pid, *(each for child in _children(pid) for each in _frozen_family(child))]


def _descendants(pid: int) -> list[int]:
    return [each for child in _children(pid) for each in [child, *_descendants(child)]]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, tasks.read_text().split())
    return found


def _own_cpu_seconds(pid: int) -> float:
    try:
        behind_the_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(behind_the_name[11]) + int(behind_the_name[12])) / os.sysconf("SC_CLK_TCK")
