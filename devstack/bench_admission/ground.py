"""A stack of its own for the benchmark, with two proxies that have room for everybody."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import django

from devstack.redis_server import free_port
from devstack.stack.environment import environment_of
from devstack.stack.own_secrets import own_secrets
from devstack.stack.place import HOST, ROOT, StackPlace

_READY: Final = "ready."
_PATIENCE_SECONDS: Final = 120.0
_LIMITS: Final = ("SIGN_UPS_PER_HOUR", "SIGN_UPS_PER_NETWORK", "PAYMENTS_PER_HOUR")


@dataclass(frozen=True, slots=True)
class Ground:
    """A running stack, and the secret of a Pro proxy that everybody gets."""

    place: StackPlace
    auth_token: str
    publishable_key: str


@contextmanager
def ground() -> Iterator[Ground]:
    """Run a stack for the length of a block."""
    folder = Path(tempfile.mkdtemp(prefix="lantern-bench-admission-"))
    pro, config, proxy, stripe, mandrill = (free_port() for _ in range(5))
    place = StackPlace(
        folder=folder, pro=pro, config=config, proxy=proxy, stripe=stripe, mandrill=mandrill
    )
    os.environ.update({f"LANTERN_{name}": "1000000000" for name in _LIMITS})
    os.environ.update({name: str(port) for name, port in place.ports.items()})
    os.environ["LANTERN_DATA_DIR"] = str(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "devstack"],
        cwd=ROOT,
        env={**os.environ, "REDIS_URL": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_ready(process)
        kept = own_secrets(folder)
        yield Ground(place, _one_fleet(place), kept["STRIPE_PUBLISHABLE_KEY"])
    finally:
        process.terminate()
        process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(process: "subprocess.Popen[str]") -> None:
    """Read what the stack says until it is ready, and then on, so that it is never held up."""
    ready = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(_READY):
                ready.set()

    threading.Thread(target=read, daemon=True).start()
    if not ready.wait(_PATIENCE_SECONDS):
        message = "the stack did not come up"
        raise RuntimeError(message)


def _one_fleet(place: StackPlace) -> str:
    """Retire the demo's Pro proxies and add two; the secret of one of them."""
    os.environ.update(environment_of(place))
    os.environ.update(
        {"DJANGO_SETTINGS_MODULE": "lantern_pro.settings", "LANTERN_LOG_LEVEL": "ERROR"}
    )
    django.setup()
    from lantern_pro.types import Cell
    from proxies.models import Proxy
    from proxies.records import NewProxy, Track
    from proxies.records import Place as Where
    from proxies.services.fleet import add_proxy
    from proxies.services.states import retire_proxy

    for each in Proxy.objects.filter(track=Track.PRO.value):
        retire_proxy(each.proxy_id)
    added = [
        add_proxy(
            Cell(0),
            NewProxy(
                name=f"pro-bench-{city}",
                addr=f"{HOST}:{place.proxy}",
                track=Track.PRO,
                capacity=1_000_000,
                place=Where(city=city, country_code="NL"),
            ),
        )
        for city in ("a", "b")
    ]
    [record] = Proxy.objects.records([added[0].proxy_id])
    return record.auth_token
