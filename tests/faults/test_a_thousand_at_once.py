"""A thousand calls at once to a running server: no limit is exceeded, one effect each."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import redis

from accounts.keys import DEVICES
from accounts.laws import devices_are_within_limits
from accounts.models import User
from accounts.services.link_codes import approve_link_code, request_link_code, who_asks
from lantern_pro.types import Cell, UserId
from tests.live import LiveApp, pro_server

pytestmark = pytest.mark.stack

CALLS = 1_000


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A running pro-server."""
    with pro_server(threads=16) as url:
        yield url


@pytest.fixture
def owner(server: str, real_redis: redis.Redis) -> Iterator[LiveApp]:
    """Who has an account with one device; whatever happens to it, the limits hold."""
    del real_redis
    yield LiveApp(server).sign_up()
    assert list(devices_are_within_limits(Cell(0))) == []


def all_at_once(call: Callable[[int], LiveApp]) -> Counter[str]:
    """Make a thousand calls, none before all callers are ready; how often each outcome came."""
    ready = threading.Barrier(CALLS)

    def one(number: int) -> str:
        ready.wait()
        return call(number).outcome

    with ThreadPoolExecutor(CALLS) as threads:
        return Counter(threads.map(one, range(CALLS)))


def asks(app: LiveApp, path: str, **told: str) -> LiveApp:
    """Call from a copy of this app."""
    caller = replace(app)
    caller.call(path, told)
    return caller


def devices_of(app: LiveApp, store: Any) -> set[str]:
    """The account's devices."""
    return set(store.zrange(DEVICES(user_id=app.user_id), 0, -1))


def changes_of(app: LiveApp) -> int:
    """How often the list of the account's devices has changed."""
    access = User.objects.get_access(UserId(app.user_id))
    assert access is not None
    return access.devices_version


def approved(owner: LiveApp, asking: LiveApp) -> str:
    """A code of a device without an account, approved by the owner."""
    askers = who_asks(user_id=None, token="", device_id=asking.device_id, address=asking.address)
    code = request_link_code(askers, name="").code
    approve_link_code(user_id=UserId(owner.user_id), code=code)
    return code


def test_of_a_thousand_devices_that_join_at_once_two_find_room(
    owner: LiveApp, real_redis: redis.Redis
) -> None:
    outcomes = all_at_once(
        lambda number: asks(replace(owner, device_id=f"new-{number}"), "/device-add")
    )

    assert outcomes == {"ok": 2, "too-many-devices": CALLS - 2}
    assert len(devices_of(owner, real_redis)) == 3
    assert changes_of(owner) == 2


def test_a_thousand_equal_device_adds_at_once_are_one(
    owner: LiveApp, real_redis: redis.Redis
) -> None:
    other = replace(owner, device_id="device-2")

    outcomes = all_at_once(lambda _: asks(other, "/device-add", deviceName="Pixel"))

    assert outcomes == {"ok": CALLS}
    assert devices_of(owner, real_redis) == {"device-1", "device-2"}
    assert changes_of(owner) == 1


def test_a_thousand_redemptions_of_one_code_at_once_are_one(
    owner: LiveApp, real_redis: redis.Redis
) -> None:
    bare = LiveApp(owner.url, device_id="bare", address="198.51.100.9")
    code = approved(owner, bare)

    outcomes = all_at_once(lambda _: asks(bare, "/link-code-redeem", code=code))

    assert outcomes == {"ok": CALLS}
    assert devices_of(owner, real_redis) == {"device-1", "bare"}
    assert changes_of(owner) == 1


def test_of_a_thousand_approved_devices_that_redeem_at_once_two_find_room(
    owner: LiveApp, real_redis: redis.Redis
) -> None:
    asking = [
        LiveApp(owner.url, device_id=f"new-{number}", address="198.51.100.9")
        for number in range(CALLS)
    ]
    codes = [approved(owner, app) for app in asking]

    outcomes = all_at_once(
        lambda number: asks(asking[number], "/link-code-redeem", code=codes[number])
    )

    assert outcomes == {"ok": 2, "too-many-devices": CALLS - 2}
    assert len(devices_of(owner, real_redis)) == 3
    assert changes_of(owner) == 2
