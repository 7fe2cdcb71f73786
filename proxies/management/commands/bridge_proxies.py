"""``manage.py bridge_proxies``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.errors import LanternError
from lantern_pro.types import ProxyId
from proxies import bridge
from proxies.models import Proxy
from proxies.services.bridge import (
    all_bridged,
    connect_proxy,
    disconnect_proxy,
    mirror_proxy,
)

WARNING = (
    "These keys hold Pro tokens in clear: whoever reads that Redis can be any of these users. "
    "docs/bridge-2016.md says how to keep it apart."
)


class Command(BaseCommand):
    """Keeps the keys of http-proxies of 2016."""

    help = (
        "Keep the keys that http-proxies of 2016 read: connect such a proxy, disconnect it, make "
        "its keys anew, or show which there are and whether they are in step. LANTERN_BRIDGE_2016 "
        "must be yes. For example: manage.py bridge_proxies connect pro-192.0.2.7 --server-id gw7"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        acts = parser.add_subparsers(dest="act", required=True)
        connect = acts.add_parser("connect", help="keep a proxy's keys from now on")
        connect.add_argument("name", help="of the proxy")
        connect.add_argument(
            "--server-id", default="", help="by which the proxy was started (default: its name)"
        )
        disconnect = acts.add_parser("disconnect", help="empty a proxy's keys, and leave them")
        disconnect.add_argument("name", help="of the proxy")
        rebuild = acts.add_parser("rebuild", help="make keys anew, whatever they hold")
        rebuild.add_argument("name", nargs="?", help="of the proxy (default: all)")
        acts.add_parser("show", help="which there are")

    def handle(self, *_args: Any, act: str, **options: Any) -> None:
        """Do it and say what is there now."""
        try:
            match act:
                case "connect":
                    server = connect_proxy(_named(options["name"]), options["server_id"])
                    self.stderr.write(WARNING)
                    self.stdout.write(f"{options['name']}: its keys are kept, as server {server}")
                case "disconnect":
                    disconnect_proxy(_named(options["name"]))
                    self.stdout.write(f"{options['name']}: its keys are empty")
                case "rebuild":
                    self._rebuild(options["name"])
                case _:
                    self._show()
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error

    def _rebuild(self, name: str | None) -> None:
        servers = all_bridged()
        chosen = [_named(name)] if name else list(servers)
        for number, proxy_id in enumerate(chosen, 1):
            mirror_proxy(proxy_id)
            self.stdout.write(f"{number} of {len(chosen)}: {servers.get(proxy_id, name)}")

    def _show(self) -> None:
        servers = all_bridged()
        marks = bridge.marks(list(servers.values()))
        for proxy in Proxy.objects.records(servers):
            mark = marks[servers[proxy.id]]
            step = "in step" if mark == proxy.version else f"at {mark or 0} of {proxy.version}"
            self.stdout.write(
                f"{proxy.name:30} server {servers[proxy.id]:20} users {proxy.load:6}  {step}"
            )
        if not servers:
            self.stdout.write("There is no proxy of 2016.")


def _named(name: str) -> ProxyId:
    found = Proxy.objects.filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no proxy {name!r}.")
    return found.proxy_id
