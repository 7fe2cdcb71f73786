"""A whole stack under test: started as people start it, watched from outside."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devstack.demo.story import Story
from devstack.demo.wire import App, watch_nothing
from devstack.redis_server import free_port
from devstack.stack.own_secrets import own_secrets
from devstack.stack.place import ROOT, StackPlace

PATIENCE_SECONDS = 90.0
# What the test process itself was given does not concern a stack.
_OURS = ("LANTERN_", "DJANGO_", "REDIS_", "STRIPE_", "MANDRILL_")


def of_our_own() -> dict[str, str]:
    """The environment without what the test process itself was given."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}


class RunningStack:
    """One run of ``python -m devstack``."""

    def __init__(self, place: StackPlace, **more: str) -> None:
        """Start it; ``more`` goes into its environment."""
        self.place = place
        self._more = more
        self._lines: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "devstack"],
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def environment(self) -> dict[str, str]:
        """The environment of a person who runs this stack."""
        ports = {name: str(port) for name, port in self.place.ports.items()}
        return {**of_our_own(), **ports, "LANTERN_DATA_DIR": str(self.place.folder), **self._more}

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                with self._news:
                    self._lines.append(line.rstrip("\n"))
                    self._news.notify_all()
        with self._news:
            self._lines.append("(end)")
            self._news.notify_all()

    def lines(self) -> list[str]:
        """All that it said so far."""
        with self._news:
            return list(self._lines)

    def wait_for(self, beginning: str, *, after: int = 0) -> str:
        """Wait for a line with this beginning, said after the first ``after`` lines."""

        def found() -> str | None:
            said = self._lines[after:]
            return next((line for line in said if line.startswith(beginning)), None)

        with self._news:
            self._news.wait_for(lambda: found() or "(end)" in self._lines, timeout=PATIENCE_SECONDS)
            line = found()
            assert line, f"it never said {beginning!r}, but:\n" + "\n".join(self._lines)
            return line

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop unless it has stopped, and wait until it has; its exit status."""
        self.process.send_signal(number)  # does nothing to a process that has ended
        status = self.process.wait(timeout=PATIENCE_SECONDS)
        self._reader.join()
        return status

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an operator's command on it."""
        return subprocess.run(
            [sys.executable, "-m", "devstack.manage", *arguments],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def app(self, device_id: str) -> App:
        """A client app on a device."""
        place = self.place
        return App(place.url(place.pro), place.url(place.config), device_id)

    def story(self) -> Story:
        """The main job, ready to be played here."""
        place, kept = self.place, own_secrets(self.place.folder)
        return Story(
            pro_url=place.url(place.pro),
            config_url=place.url(place.config),
            stripe_url=place.url(place.stripe),
            mandrill_url=place.url(place.mandrill),
            publishable_key=kept["STRIPE_PUBLISHABLE_KEY"],
            mandrill_key=kept["MANDRILL_API_KEY"],
            watch=watch_nothing,
        )

    def processes(self) -> dict[int, str]:
        """Every process of this stack, told by its folder in their environment: id -> command."""
        mark = f"LANTERN_DATA_DIR={self.place.folder}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0") or self._is_in(folder):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(folder.name)] = command
            except OSError:  # it has ended meanwhile, or is not ours to look at
                continue
        return found

    def _is_in(self, process: Path) -> bool:
        """Whether a process works in the folder: Redis writes over its own environment."""
        return (process / "cwd").resolve().is_relative_to(self.place.folder)

    def process_of(self, words: str) -> int:
        """The first process whose command holds these words: a server before its workers."""
        return min(pid for pid, command in self.processes().items() if words in command)


def new_place(folder: Path) -> StackPlace:
    """A place of its own for a stack."""
    pro, config, proxy, stripe, mandrill = (free_port() for _ in range(5))
    return StackPlace(
        folder=folder.resolve(),
        pro=pro,
        config=config,
        proxy=proxy,
        stripe=stripe,
        mandrill=mandrill,
    )


@contextmanager
def started(place: StackPlace, **more: str) -> Iterator[RunningStack]:
    """Start a stack, and stop it when the block ends, if it has not ended by then."""
    stack = RunningStack(place, **more)
    try:
        yield stack
    finally:
        stack.stop()


@contextmanager
def running(place: StackPlace, **more: str) -> Iterator[RunningStack]:
    """Run a stack until the block ends; it is ready in the block."""
    with started(place, **more) as stack:
        stack.wait_for("ready")
        yield stack
