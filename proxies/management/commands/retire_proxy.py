"""``manage.py retire_proxy``."""

from proxies.management.changing import ChangeCommand, change_of_state, others_for_its_users
from proxies.records import ProxyRecord
from proxies.services.states import retire_proxy


class Command(ChangeCommand):
    """Takes a proxy out of the fleet for good, at once."""

    help = (
        "Take a proxy out of the fleet for good: within a second no configuration names it any "
        "more, and its Pro users get others as there is room. Nothing brings it back. To spare "
        "its users the gap, run drain_proxy first and wait until it has none. Running it again "
        "changes nothing."
    )
    nothing_new = "is retired already"
    change = change_of_state(retire_proxy, "now retired, for good")

    def what_follows(self, proxy: ProxyRecord) -> str:
        """Say what becomes of its users."""
        return others_for_its_users(proxy)
