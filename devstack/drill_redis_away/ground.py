"""Where the drill is played: Redis, the networks that lead there, the proxies and their clock."""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from devstack.network import Network, network_to
from devstack.redis_server import RedisPlace, free_port
from lantern_pro.types import Cell
from proxies.models import Proxy as Row
from proxies.records import NewProxy, Place, ProxyRecord, Track
from proxies.services.access import grant_access
from proxies.services.fleet import add_proxy
from proxies.services.passes import public_keys

NAMES: Final = ("runs on", "kept its disk", "has only the keys", "cut off")
_PATIENCE_SECONDS: Final = 30.0


@dataclass(slots=True)
class Proxy:
    """One reference proxy: its row, its port, and its process while it runs."""

    name: str
    record: ProxyRecord
    port: int
    folder: Path
    clock: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None

    def start(self, *, with_state: bool = True) -> None:
        """Start it, with what it kept on disk or else with the public keys alone."""
        ring = ",".join(
            f"{kid}:{base64.b64encode(key).decode()}" for kid, key in public_keys().items()
        )
        more = ["--state", str(self.folder / f"{self.record.id}.json")] if with_state else []
        command = [sys.executable, "-m", "devstack.reference_proxy"]
        command += ["--proxy", str(self.record.id), "--listen", f"127.0.0.1:{self.port}"]
        command += ["--clock", str(self.clock), "--pass-keys", ring, "--beat-seconds", "1", *more]
        with (self.folder / "proxies.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """``kill -9``."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass(slots=True)
class Ground:
    """All of it. ``ahead`` is by how many seconds the drill's clock is ahead of the wall's."""

    folder: Path
    redis: RedisPlace
    proxies: list[Proxy] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    ahead: float = 0.0
    server: "subprocess.Popen[bytes] | None" = None

    def set_clock(self, seconds: float) -> None:
        """Let it be later, for every proxy; the drill shifts its own clock besides."""
        self.ahead = seconds
        draft = self.folder / "clock.new"
        draft.write_text(str(seconds))
        draft.replace(self.folder / "clock")

    def start_redis(self) -> None:
        """Start it on its data, and wait until it answers."""
        self.server = subprocess.Popen(
            self.redis.command(fsync="always"), stdout=subprocess.DEVNULL
        )
        self.redis.wait(self.server)

    def stop_redis(self) -> None:
        """Stop it."""
        if self.server:
            self.server.terminate()
            self.server.wait(timeout=20)
            self.server = None


@contextmanager
def ground(folder: Path, redis: RedisPlace) -> Iterator[Ground]:
    """Redis runs; proxies come by ``add_proxies``. In the end everything is stopped."""
    made = Ground(folder, redis)
    made.set_clock(0)
    with ExitStack() as ends:
        ends.callback(made.stop_redis)
        made.start_redis()
        made.networks = [ends.enter_context(network_to(redis.port)) for _ in NAMES]
        try:
            yield made
        finally:
            for proxy in made.proxies:
                proxy.kill()


def add_proxies(on: Ground) -> None:
    """Add the four proxies to the fleet, each with a user of its own, and start them."""
    for name, network in zip(NAMES, on.networks, strict=True):
        port = free_port()
        told = NewProxy(
            name=f"drill-{port}",
            addr=f"127.0.0.1:{port}",
            track=Track.PRO,
            capacity=100_000,
            place=Place(city=name, country_code="NL"),
        )
        [record] = Row.objects.records([add_proxy(Cell(0), told).proxy_id])
        granted = grant_access(record)
        url = f"redis://{granted.user}:{granted.password}@127.0.0.1:{network.port}/0"
        environment = {**os.environ, "REDIS_URL": url, "LANTERN_PROXY_SECRET": record.auth_token}
        proxy = Proxy(name, record, port, on.folder, on.folder / "clock", environment)
        on.proxies.append(proxy)
        proxy.start()


def wait_until(look: Callable[[], bool], what: str) -> float:
    """Look again and again until it is so; how many seconds that took."""
    began = time.monotonic()
    while not look():
        if time.monotonic() - began > _PATIENCE_SECONDS:
            message = f"{what}: not within {_PATIENCE_SECONDS:.0f} s"
            raise RuntimeError(message)
        time.sleep(0.05)  # noqa: TID251 - other processes tell nobody
    return time.monotonic() - began
