"""What may not be left of a user who was told that they are erased."""

from collections.abc import Iterator

from accounts.models import User
from billing.models import Purchase
from devstack.chaos.clients.facts import Facts
from devstack.chaos.counting.reads import has_account, service_of
from lantern_pro.types import UserId


def left_of(facts: Facts) -> Iterator[tuple[str, int]]:
    """What it is, and how much of it is left."""
    user_id = UserId(facts.user_id)
    yield "account", has_account(user_id)
    yield "proxies and configuration", service_of(user_id)
    yield "purchases that can be found by the user", len(Purchase.objects.ids_of(user_id))
    if facts.inviter:
        inviter = User.objects.get_account(UserId(facts.inviter.user_id))
        yield "place in the inviter's list", inviter.invitees.count(user_id) if inviter else 0
