"""``manage.py unblock_proxy``."""

from typing import Any

from django.core.management.base import CommandParser

from proxies.management.changing import ChangeCommand
from proxies.records import ProxyRecord
from proxies.services.states import unblock_proxy


class Command(ChangeCommand):
    """Notes that a proxy is blocked no longer."""

    help = (
        "Note that a proxy is blocked no longer: in the countries named by their codes, or in any "
        "when none is named. Running it again changes nothing."
    )
    nothing_new = "was not known to be blocked there"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        super().add_arguments(parser)
        parser.add_argument("countries", nargs="*", help="where it works again; all by default")

    def change(self, proxy: ProxyRecord, options: dict[str, Any]) -> str:
        """Unblock it there."""
        freed = unblock_proxy(proxy.id, options["countries"], why=options["reason"])
        return f"blocked no longer in {', '.join(freed)}" if freed else ""
