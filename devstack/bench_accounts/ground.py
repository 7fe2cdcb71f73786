"""Where it is measured: a Redis of its own that keeps its AOF, and pro-server as in production."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import redis
import requests

from devstack import redis_server
from devstack.redis_server import RedisPlace, free_port

ROOT: Final = Path(__file__).resolve().parents[2]
FORWARD_SECRET: Final = "bench-accounts-forward-" + 32 * "0"
THREADS: Final = 8
_READY_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Ground:
    """A running Redis, and where servers write what they say."""

    folder: Path
    redis: RedisPlace

    @contextmanager
    def server(self, redis_url: str) -> Iterator[int]:
        """Run pro-server over this address of Redis for the length of a block; its port."""
        port = free_port()
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--workers", "1", "--blocking-threads", str(THREADS)]
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "devstack.bench_accounts.settings",
            "LANTERN_DEVELOPMENT": "yes",
            "LANTERN_PROXY_FORWARD_SECRET": FORWARD_SECRET,
            "LANTERN_LOG_LEVEL": "WARNING",
            "REDIS_URL": redis_url,
            # Counted as in production, but never full: a refusal would be measured as a success.
            **{f"LANTERN_{name}": "1000000000" for name in FIGURES},
        }
        with (self.folder / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, "lantern_pro.wsgi:application"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


FIGURES: Final = ("CALLS_PER_MINUTE", "SIGN_UPS_PER_HOUR", "SIGN_UPS_PER_NETWORK")


@contextmanager
def ground() -> Iterator[Ground]:
    """Start a Redis as production has it, its AOF synced every second."""
    with ExitStack() as resources:
        folder = Path(tempfile.mkdtemp(prefix="lantern-bench-accounts-"))
        resources.callback(shutil.rmtree, folder, ignore_errors=True)
        place = RedisPlace.in_folder(folder / "redis")
        resources.enter_context(redis_server.running(place, fsync="everysec"))
        with redis.Redis.from_url(place.url) as client:
            client.config_set("auto-aof-rewrite-percentage", 0)
        yield Ground(folder, place)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _READY_SECONDS
    with requests.Session() as session:
        session.trust_env = False
        while time.monotonic() < deadline and process.poll() is None:
            try:
                session.get(f"http://127.0.0.1:{port}/healthz", timeout=2)
            except requests.RequestException:
                time.sleep(0.05)  # noqa: TID251 - a starting server tells nobody
            else:
                return
    message = f"pro-server does not answer on port {port}"
    raise RuntimeError(message)
