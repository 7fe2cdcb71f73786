"""``python -m devstack.reference_proxy --listen 127.0.0.1:PORT``; the store is ``REDIS_URL``."""

import argparse
import asyncio
import os
from pathlib import Path

import django


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m devstack.reference_proxy",
        description="A reference http-proxy for development and tests. It serves every proxy of "
        "the store that has its address, and learns of changes from the store's streams.",
    )
    parser.add_argument(
        "--listen", required=True, metavar="HOST:PORT", help="where; the proxies' addr in the store"
    )
    parser.add_argument(
        "--ours",
        action="append",
        default=[],
        metavar="HOST:PORT",
        help="a config-server or pro-server: it is told the client's address and keeps the "
        "client's credentials, by plain HTTP only; may be repeated",
    )
    parser.add_argument(
        "--open", action="store_true", help="reach beyond loopback (never without need)"
    )
    parser.add_argument(
        "--clock", type=Path, metavar="FILE", help="holds how many seconds to be ahead (drills)"
    )
    return parser.parse_args()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lantern_pro.settings")
    django.setup()
    from django.conf import settings

    from devstack.reference_proxy.card import CardReader
    from devstack.reference_proxy.clock import Clock
    from devstack.reference_proxy.connection import Connection
    from devstack.reference_proxy.counters import Counters
    from devstack.reference_proxy.following import Chore, Follower
    from devstack.reference_proxy.heartbeat import Heartbeat
    from devstack.reference_proxy.roster import AtAddress
    from devstack.reference_proxy.server import ReferenceProxy

    arguments = _arguments()
    host, _, port = arguments.listen.rpartition(":")
    clock, counters = Clock(arguments.clock), Counters()
    chores: list[Chore] = [CardReader(clock), Heartbeat(clock, lambda: counters.open)]
    roster = AtAddress(arguments.listen, clock)
    with Follower(Connection(settings.REDIS_URL), roster, chores) as follower:
        proxy = ReferenceProxy(
            follower.proxies, counters, ours=arguments.ours, beyond_loopback=arguments.open
        )
        asyncio.run(proxy.serve(host.strip("[]"), int(port)))


if __name__ == "__main__":
    main()
