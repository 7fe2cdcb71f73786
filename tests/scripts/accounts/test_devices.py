"""The scripts that change an account's devices: an outcome each, and races."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from accounts import managers
from accounts.errors import TooManyDevices
from accounts.keys import DEVICE_NAMES, DEVICES, REMOVED_DEVICES
from accounts.laws import devices_are_within_limits
from accounts.managers import Access, Joining
from accounts.models import User
from accounts.services.devices import add_device, what_follows
from lantern_pro.jobs.keys import DUE
from lantern_pro.store.client import text_client
from lantern_pro.store.volatile import is_volatile
from lantern_pro.types import Millis, UserId
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
pytestmark = pytest.mark.usefixtures("any_redis")


@pytest.fixture
def owner(any_redis: redis.Redis) -> UserId:
    """A user with ``device-1``."""
    del any_redis
    return a_user()


@pytest.fixture(autouse=True)
def laws_hold_afterwards(any_redis: redis.Redis) -> Iterator[None]:
    """Whatever a test does, the limits hold."""
    yield
    assert list(devices_are_within_limits(HERE)) == []


def access_of(user_id: UserId) -> Access:
    """Who may use the account now."""
    access = User.objects.get_access(user_id)
    assert access is not None
    return access


def add(user_id: UserId, device_id: str, *, place: str = "", version: int | None = None) -> str:
    """Add a device by the token."""
    access = access_of(user_id)
    joining = Joining(
        device_id=device_id,
        name=f"name of {device_id}",
        place=place,
        limit=3,
        now=NOW,
        devices_version=access.devices_version if version is None else version,
    )
    return managers.add_device(user_id=user_id, joining=joining, follow=what_follows(access))


def remove(user_id: UserId, device_id: str, *, by: str = "device-1") -> str:
    """Take a device off."""
    access = access_of(user_id)
    return managers.remove_device(
        access=access, device_id=device_id, by=by, now=NOW, follow=what_follows(access)
    )


def devices_of(user_id: UserId) -> set[str]:
    """The account's devices."""
    return set(text_client().zrange(DEVICES(user_id=user_id), 0, -1))


def jobs() -> list[str]:
    """The jobs that tell proxies, and are due."""
    found: list[str] = text_client().zrange(DUE(cell=HERE, kind="assign_proxies"), 0, -1)
    return found


def test_added_the_device_has_its_name_and_proxies_will_hear_of_it(owner: UserId) -> None:
    outcome = add(owner, "device-2")

    assert outcome == "added"
    assert devices_of(owner) == {"device-1", "device-2"}
    assert text_client().hget(DEVICE_NAMES(user_id=owner), "device-2") == "name of device-2"
    assert jobs() == [f"c0.assign_proxies.{owner}.devices.1"]


def test_already_there_nothing_follows(owner: UserId) -> None:
    outcome = add(owner, "device-1")

    assert outcome == "already_there"
    assert access_of(owner).devices_version == 0
    assert len(jobs()) == 0


def test_full_nothing_changes(owner: UserId) -> None:
    add(owner, "device-2")
    add(owner, "device-3")
    before = jobs()

    outcome = add(owner, "device-4")

    assert outcome == "full"
    assert devices_of(owner) == {"device-1", "device-2", "device-3"}
    assert jobs() == before


def test_in_the_place_of_another_a_device_joins_a_full_account(owner: UserId) -> None:
    add(owner, "device-2")
    add(owner, "device-3")

    outcome = add(owner, "device-4", place="device-2")

    assert outcome == "added"
    assert devices_of(owner) == {"device-1", "device-3", "device-4"}
    assert text_client().zscore(REMOVED_DEVICES(user_id=owner), "device-2") == NOW


def test_no_such_place_nothing_changes(owner: UserId) -> None:
    outcome = add(owner, "device-2", place="device-9")

    assert outcome == "no_such_place"
    assert devices_of(owner) == {"device-1"}


def test_barred_what_was_removed_does_not_come_back_by_the_token(owner: UserId) -> None:
    add(owner, "device-2")
    remove(owner, "device-2")

    outcome = add(owner, "device-2")

    assert outcome == "barred"
    assert devices_of(owner) == {"device-1"}


def test_who_left_by_itself_may_come_back(owner: UserId) -> None:
    add(owner, "device-2")
    remove(owner, "device-2", by="device-2")

    outcome = add(owner, "device-2")

    assert outcome == "added"


def test_changed_nothing_is_written(owner: UserId) -> None:
    add(owner, "device-2")

    outcome = add(owner, "device-3", version=0)

    assert outcome == "changed"
    assert devices_of(owner) == {"device-1", "device-2"}


def test_nobody_gets_no_device(any_redis: redis.Redis) -> None:
    joining = Joining("device-1", "", "", 3, NOW, 0)

    outcome = managers.add_device(user_id=UserId(1 << 10), joining=joining, follow=())

    assert outcome == "barred"
    assert [key for key in any_redis.keys("*") if not is_volatile(str(key))] == []


def test_removed_the_device_its_name_and_its_access_go(owner: UserId) -> None:
    add(owner, "device-2")

    outcome = remove(owner, "device-2")

    assert outcome == "removed"
    assert devices_of(owner) == {"device-1"}
    assert not text_client().hexists(DEVICE_NAMES(user_id=owner), "device-2")
    assert f"c0.assign_proxies.{owner}.devices.2" in jobs()


def test_not_there_nothing_follows(owner: UserId) -> None:
    outcome = remove(owner, "device-9")

    assert outcome == "not_there"
    assert len(jobs()) == 0


def test_a_removal_that_was_read_too_early_changes_nothing(owner: UserId) -> None:
    early = access_of(owner)
    add(owner, "device-2")

    outcome = managers.remove_device(
        access=early, device_id="device-2", by="device-1", now=NOW, follow=()
    )

    assert outcome == "changed"
    assert devices_of(owner) == {"device-1", "device-2"}


def test_an_account_remembers_its_last_hundred_removed_devices(owner: UserId) -> None:
    for number in range(2, 110):
        add(owner, f"device-{number}")
        remove(owner, f"device-{number}")

    assert text_client().zcard(REMOVED_DEVICES(user_id=owner)) == 100


def test_moved_a_device_keeps_its_name_and_date(owner: UserId) -> None:
    add(owner, "device-1")
    since = text_client().zscore(DEVICES(user_id=owner), "device-1")
    access = access_of(owner)

    outcome = managers.move_device(
        access=access, old_id="device-1", new_id="device-x", follow=what_follows(access)
    )

    assert outcome == "moved"
    assert devices_of(owner) == {"device-x"}
    assert text_client().zscore(DEVICES(user_id=owner), "device-x") == since
    assert text_client().hget(DEVICE_NAMES(user_id=owner), "device-x") == "name of device-1"
    assert len(jobs()) == 1


@pytest.mark.parametrize(
    ("old_id", "new_id", "outcome"),
    [
        ("device-0", "device-1", "moved_before"),
        ("device-1", "device-1", "moved_before"),
        ("device-0", "device-x", "no_such_device"),
    ],
)
def test_moved_before_and_no_such_device_change_nothing(
    owner: UserId, old_id: str, new_id: str, outcome: str
) -> None:
    moved = managers.move_device(access=access_of(owner), old_id=old_id, new_id=new_id, follow=())

    assert moved == outcome
    assert devices_of(owner) == {"device-1"}


def test_a_move_that_was_read_too_early_changes_nothing(owner: UserId) -> None:
    early = access_of(owner)
    add(owner, "device-2")

    moved = managers.move_device(access=early, old_id="device-1", new_id="device-x", follow=())

    assert moved == "changed"
    assert devices_of(owner) == {"device-1", "device-2"}


def test_of_twenty_devices_that_join_at_once_two_find_room(
    real_redis: redis.Redis, owner: UserId
) -> None:
    def join(number: int) -> bool:
        try:
            add_device(user_id=owner, device_id=f"new-{number}", name="", place="")
        except TooManyDevices:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        joined = list(threads.map(join, range(20)))

    assert joined.count(True) == 2
    assert len(devices_of(owner)) == 3
    assert access_of(owner).devices_version == 2
