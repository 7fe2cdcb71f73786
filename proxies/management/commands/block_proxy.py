"""``manage.py block_proxy``."""

from typing import Any

from django.core.management.base import CommandParser

from proxies.management.changing import ChangeCommand, others_for_its_users
from proxies.records import ProxyRecord, Track
from proxies.services.states import block_proxy


class Command(ChangeCommand):
    """Notes that a proxy is blocked in some countries."""

    help = (
        "Note that a proxy is blocked in countries, by their codes (CN IR). Within a second "
        "nobody who says that they are there is told of it, and its Pro users there get others "
        "as there is room. Elsewhere it goes on. Running it again changes nothing."
    )
    nothing_new = "was known to be blocked there"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        super().add_arguments(parser)
        parser.add_argument("countries", nargs="+", help="where it is blocked: two letters each")

    def change(self, proxy: ProxyRecord, options: dict[str, Any]) -> str:
        """Block it there."""
        gained = block_proxy(proxy.id, options["countries"], why=options["reason"])
        return f"now blocked in {', '.join(gained)}" if gained else ""

    def what_follows(self, proxy: ProxyRecord) -> str:
        """Say what becomes of its users there."""
        if proxy.track is Track.FREE:
            return others_for_its_users(proxy)
        return "Its users there get others, as there is room."
