"""``manage.py drain_proxy``."""

from proxies.management.changing import ChangeCommand, change_of_state, others_for_its_users
from proxies.records import ProxyRecord
from proxies.services.states import drain_proxy


class Command(ChangeCommand):
    """Sends nobody new to a proxy, and moves its users to others."""

    help = (
        "Let a proxy run empty: nobody new is sent to it, and it leaves the free configurations "
        "within seconds. Its Pro users keep it until each has another. activate_proxy takes it "
        "back; retire_proxy ends it. Running it again changes nothing."
    )
    nothing_new = "drains already"
    change = change_of_state(drain_proxy, "now draining")

    def what_follows(self, proxy: ProxyRecord) -> str:
        """Say what becomes of its users."""
        return others_for_its_users(proxy)
