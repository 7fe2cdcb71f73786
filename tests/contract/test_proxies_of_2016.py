"""Proxies of 2016 beside the bridge: whatever happens, they end up knowing their users."""

import random  # noqa: TID251 - a history that a seed repeats
from threading import Thread
from typing import Any

import pytest

from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId, UserId
from proxies import keys_2016
from proxies.bridge import marks
from proxies.jobs import AssignProxies, stage_mirrors
from proxies.services.bridge import connect_proxy, disconnect_proxy, mirror_proxy
from tests import fleet
from tests.fleet import HERE
from tests.old_proxy import OldProxy
from tests.processes import eventually

pytestmark = pytest.mark.usefixtures("real_redis", "the_bridge_is_on")

STEPS = 60


@pytest.fixture
def the_bridge_is_on(settings: Any) -> None:
    settings.BRIDGE_2016 = True
    settings.BRIDGE_2016_DEVICES = "set"


def _in_step() -> None:
    stage_mirrors(HERE)
    drain(HERE)


def _connected(capacity: int = 10) -> tuple[ProxyId, OldProxy]:
    proxy_id = fleet.pro_proxy(capacity=capacity, city=f"City {capacity}")
    server = connect_proxy(proxy_id, f"gw{proxy_id}")
    return proxy_id, OldProxy(text_client(), server)


def test_a_proxy_learns_its_users_and_forgets_them() -> None:
    _, proxy = _connected()
    first, second = fleet.pro_user(), fleet.pro_user()

    fleet.assigned(first)
    _in_step()
    proxy.hear()
    assert proxy.admits(first, fleet.token(first))

    fleet.assigned(second)
    fleet.end_pro_time(first)
    fleet.release(first)
    _in_step()
    proxy.hear()
    assert not proxy.admits(first, fleet.token(first))
    assert proxy.admits(second, fleet.token(second))

    fleet.end_pro_time(second)
    fleet.release(second)
    _in_step()
    proxy.hear()
    assert not proxy.is_pro
    assert text_client().keys("user->*") == []


def test_a_proxy_that_was_turned_free_is_pro_again_with_the_next_user() -> None:
    _, proxy = _connected()
    first, second = fleet.pro_user(), fleet.pro_user()
    fleet.assigned(first)
    _in_step()
    fleet.end_pro_time(first)
    fleet.release(first)
    _in_step()
    fleet.assigned(second)
    _in_step()

    proxy.hear()

    assert proxy.admits(second, fleet.token(second))


def test_a_token_that_was_reset_reaches_each_of_a_users_proxies() -> None:
    (_, one), (_, other) = _connected(10), _connected(11)
    user = fleet.pro_user()
    assert len(fleet.assigned(user)) == 2
    _in_step()
    one.hear()
    other.hear()
    old = fleet.token(user)

    fleet.reset_token(user)
    fleet.assigned(user, "reset")
    _in_step()
    one.hear()
    other.hear()

    assert [each.admits(user, fleet.token(user)) for each in (one, other)] == [True, True]
    assert [each.admits(user, old) for each in (one, other)] == [False, False]


def test_keys_that_were_lost_are_made_anew() -> None:
    proxy_id, proxy = _connected()
    user = fleet.pro_user()
    fleet.assigned(user)
    _in_step()
    text_client().delete(keys_2016.users(proxy.server), keys_2016.TOKENS)

    mirror_proxy(proxy_id)
    proxy.start()

    assert proxy.admits(user, fleet.token(user))
    assert text_client().smembers(keys_2016.devices(user)) == {fleet.DEVICE}


def test_all_of_a_redis_that_was_emptied_is_made_anew_by_itself() -> None:
    _, proxy = _connected()
    user = fleet.pro_user()
    fleet.assigned(user)
    _in_step()
    text_client().delete(*text_client().keys("server*"), *text_client().keys("user->*"))

    _in_step()
    proxy.start()

    assert proxy.admits(user, fleet.token(user))


def test_a_proxy_that_is_disconnected_serves_nobody_and_leaves_no_token_behind() -> None:
    proxy_id, proxy = _connected()
    user = fleet.pro_user()
    fleet.assigned(user)
    _in_step()

    disconnect_proxy(proxy_id)
    _in_step()
    proxy.hear()
    was_told = not proxy.is_pro
    proxy.start()

    assert was_told
    assert not proxy.is_pro
    assert text_client().keys("server*") + text_client().keys("user->*") == []


def test_a_proxy_that_waits_for_messages_hears_all_of_its_disconnection() -> None:
    proxy_id, proxy = _connected()
    users = [fleet.pro_user() for _ in range(3)]
    for user in users:
        fleet.assigned(user)
    _in_step()
    proxy.hear()
    was_pro = proxy.is_pro
    listening = Thread(target=proxy.listen)
    listening.start()
    eventually(lambda: text_client().info("clients")["blocked_clients"] or None)

    disconnect_proxy(proxy_id)
    listening.join()

    assert (was_pro, proxy.is_pro) == (True, False)
    assert proxy.tokens == {}


def test_messages_that_nobody_hears_go_unless_the_server_is_connected_again() -> None:
    proxy_id, proxy = _connected()
    unheard = keys_2016.messages(proxy.server)

    disconnect_proxy(proxy_id)
    after_that = text_client().ttl(unheard)
    connect_proxy(proxy_id, proxy.server)

    assert 0 < after_that <= 86_400
    assert text_client().ttl(unheard) == -1


def test_more_users_than_one_script_takes_are_all_told() -> None:
    proxy_id = fleet.pro_proxy(capacity=500)
    users = [fleet.pro_user() for _ in range(450)]
    for user in users:
        fleet.stage(AssignProxies.of(user, "purchase"))
    drain(HERE)

    server = connect_proxy(proxy_id)
    proxy = OldProxy(text_client(), server)

    assert all(proxy.admits(user, fleet.token(user)) for user in users)
    assert marks([server])[server] == 450


class History:
    """What happens to users, and to proxies that hear of it, in an order drawn by a seed."""

    def __init__(self, seed: int) -> None:
        """Begin with three proxies and nobody."""
        self.chance = random.Random(seed)
        self.connected = [_connected(capacity) for capacity in (3, 4, 5)]
        self.users: list[UserId] = []
        self.gone: list[UserId] = []

    def step(self) -> None:
        """Let one thing happen."""
        joins_and_hears = [self.joins, self.joins, self.hears, self.hears]
        self.chance.choice([*joins_and_hears, self.leaves, self.resets, self.crashes, _in_step])()

    def joins(self) -> None:
        """Somebody buys Pro."""
        self.users.append(fleet.pro_user())
        fleet.assigned(self.users[-1])

    def leaves(self) -> None:
        """Somebody's time is over."""
        if self.users:
            user = self.users.pop(self.chance.randrange(len(self.users)))
            self.gone.append(user)
            fleet.end_pro_time(user)
            fleet.release(user)

    def resets(self) -> None:
        """Somebody resets their token."""
        if self.users:
            user = self.chance.choice(self.users)
            fleet.reset_token(user)
            fleet.assigned(user, f"reset-{self.chance.random()}")

    def hears(self) -> None:
        """A proxy takes some of its messages."""
        self.one_of_the_proxies().hear(self.chance.randrange(1, 4))

    def crashes(self) -> None:
        """A proxy dies with a message in its hands."""
        self.one_of_the_proxies().crash_while_hearing()

    def one_of_the_proxies(self) -> OldProxy:
        """Any."""
        return self.chance.choice(self.connected)[1]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_proxies_end_up_knowing_their_users(seed: int) -> None:
    history = History(seed)

    for _ in range(STEPS):
        history.step()
    _in_step()

    for proxy_id, proxy in history.connected:
        proxy.hear()
        for user in history.users:
            its = proxy_id in fleet.proxies_of(user)
            assert proxy.admits(user, fleet.token(user)) is its
        assert not any(proxy.admits(user, fleet.token(user)) for user in history.gone)
    assert fleet.broken_laws() == []
