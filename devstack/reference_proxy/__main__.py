"""``python -m devstack.reference_proxy --listen 127.0.0.1:PORT``; the store is ``REDIS_URL``."""

import argparse
import asyncio
import logging
import os
from pathlib import Path
from typing import Any

import django

from devstack.reference_proxy.card import CardReader, read_pass_keys
from devstack.reference_proxy.clock import Clock
from devstack.reference_proxy.connection import Connection
from devstack.reference_proxy.counters import Counters
from devstack.reference_proxy.following import Chore, Follower, Roster
from devstack.reference_proxy.heartbeat import BEAT_SECONDS, Heartbeat
from devstack.reference_proxy.knowledge import Knowledge
from devstack.reference_proxy.metrics import Metrics
from devstack.reference_proxy.roster import AtAddress, Itself
from devstack.reference_proxy.server import ReferenceProxy
from devstack.reference_proxy.state import State
from devstack.reference_proxy.usage import Usage
from lantern_pro.types import ProxyId

SECRET = "LANTERN_PROXY_SECRET"  # noqa: S105 - the name of a variable


DESCRIPTION = """\
A reference http-proxy for development and tests. With --proxy it is that proxy, with what a real
one has: its id, its clients' secret in LANTERN_PROXY_SECRET, and its own user on Redis in
REDIS_URL. Without, it serves every proxy of the store that has its address, and REDIS_URL must have
full access."""
OPTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("--listen", {"required": True, "metavar": "HOST:PORT", "help": "where clients reach it"}),
    ("--proxy", {"type": int, "metavar": "ID", "help": "be this proxy and no other"}),
    (
        "--pass-keys",
        {
            "default": "",
            "metavar": "KID:KEY,...",
            "help": "public keys of passes, base64, for before a card was read",
        },
    ),
    ("--state", {"type": Path, "metavar": "FILE", "help": "keeps what is known on disk"}),
    ("--metrics", {"metavar": "HOST:PORT", "help": "where a collector reads; loopback"}),
    (
        "--ours",
        {
            "action": "append",
            "default": [],
            "metavar": "HOST:PORT",
            "help": "a config-server or pro-server: it is told the client's address and keeps the "
            "client's credentials, by plain HTTP only; may be repeated",
        },
    ),
    ("--open", {"action": "store_true", "help": "reach beyond loopback (never without need)"}),
    (
        "--beat-seconds",
        {
            "type": float,
            "default": BEAT_SECONDS,
            "help": "how often to give a sign of life, and to read card and caps",
        },
    ),
    (
        "--clock",
        {"type": Path, "metavar": "FILE", "help": "holds how many seconds to be ahead (drills)"},
    ),
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m devstack.reference_proxy", description=DESCRIPTION
    )
    for name, about in OPTIONS:
        parser.add_argument(name, **about)
    return parser.parse_args()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    arguments = _arguments()
    clock, counters = Clock(arguments.clock), Counters()
    state = State(arguments.state, clock)
    if arguments.proxy is None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantern_pro.settings")
        django.setup()
        roster: Roster = AtAddress(arguments.listen, clock, state)
    else:
        logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        known = Knowledge(ProxyId(arguments.proxy), os.environ[SECRET], "pro", clock)
        known.pass_keys = read_pass_keys(arguments.pass_keys)
        roster = Itself(state.restore(known))
    asyncio.run(_serve(arguments, clock, counters, state, roster))


async def _serve(
    arguments: argparse.Namespace, clock: Clock, counters: Counters, state: State, roster: Roster
) -> None:
    every = arguments.beat_seconds
    usage = Usage(clock, every=3 * every)
    chores: list[Chore] = [
        CardReader(clock, every=every),
        Heartbeat(clock, lambda: counters.open, every=every),
        usage,
    ]
    url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    with Follower(Connection(url), roster, chores, state) as follower:
        if arguments.metrics:
            host, _, port = arguments.metrics.rpartition(":")
            metrics = Metrics(counters, follower.proxies)
            await asyncio.start_server(metrics.answer, host.strip("[]"), int(port))
        proxy = ReferenceProxy(
            follower.proxies,
            counters,
            usage,
            forward_secret=_forward_secret(),
            ours=arguments.ours,
            beyond_loopback=arguments.open,
        )
        host, _, port = arguments.listen.rpartition(":")
        await proxy.serve(host.strip("[]"), int(port))
        state.save(follower.proxies())


def _forward_secret() -> str:
    """What proves to our own servers that a proxy of ours speaks; as the settings have it."""
    from django.conf import settings

    if settings.configured:
        return str(settings.PROXY_FORWARD_SECRET)
    return os.environ.get("LANTERN_PROXY_FORWARD_SECRET", "")


if __name__ == "__main__":
    main()
