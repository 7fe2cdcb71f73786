"""``manage.py activate_proxy``."""

from proxies.management.changing import ChangeCommand, change_of_state
from proxies.services.states import activate_proxy


class Command(ChangeCommand):
    """Lets a proxy take users (again)."""

    help = (
        "Let a proxy that is provisioning or drains take users. A free one joins the "
        "configurations of its share of the buckets, a Pro one takes users who wait for room "
        "and then new ones, both within seconds. Running it again changes nothing."
    )
    nothing_new = "is active already"
    change = change_of_state(activate_proxy, "now active")
