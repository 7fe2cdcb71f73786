"""The world of a round: an empty store with plans and a fleet, and what operators do meanwhile."""

from typing import Final

from django.conf import settings

from accounts.services.authentication import authenticate
from accounts.services.tokens import token_of
from accounts.services.users import create_user
from billing.services.purchases import Wish, purchase
from devstack.chaos.clients.app import GOOD_CARD, PLANS
from lantern_pro import clock
from lantern_pro.api.spending import Spending
from lantern_pro.store.client import text_client
from lantern_pro.support.demo_data import FLEET, seed_plans
from lantern_pro.types import Cell, UserId
from proxies.records import NewProxy, Place, Track
from proxies.services.fleet import add_proxy

_ROOMY: Final = 100_000
_LONG_AGO_MS: Final = -800 * 24 * 60 * 60 * 1000


def begin(*, with_pro_proxies: bool) -> None:
    """Empty the store, and make what a round begins with."""
    text_client().flushall()
    seed_plans()
    for name, track, _, place in FLEET:
        if track is Track.FREE or with_pro_proxies:
            _add_everywhere(name, track, place)


def add_proxy_to_each_cell(name: str) -> None:
    """Do what an operator does who adds Pro proxies; what follows is the service's."""
    _add_everywhere(name, Track.PRO, FLEET[-1][3])


def one_whose_time_is_over(device_id: str) -> UserId:
    """Let somebody have bought long ago; their proxies will be taken from them."""
    with clock.shifted(_LONG_AGO_MS):
        made = create_user(
            device_id=device_id,
            address="192.0.2.1",
            locale="en_US",
            spending=Spending.nothing(Cell(0)),
        )
        token = token_of(made.user_id, made.kid, made.epoch)
        authenticate(user_id=made.user_id, token=token, device_id=device_id)
        wish = Wish(
            user_id=made.user_id,
            device_id=device_id,
            device_name="phone",
            plan=PLANS[0],
            currency="",
            provider="stripe",
            token=GOOD_CARD,
            payment_method="",
            email="",
            idempotency_key="long ago",
        )
        purchase(wish)
    return made.user_id


def _add_everywhere(name: str, track: Track, place: Place) -> None:
    for cell in range(settings.CELLS):
        add_proxy(
            Cell(cell),
            NewProxy(name=name, addr="192.0.2.9:443", track=track, capacity=_ROOMY, place=place),
        )
