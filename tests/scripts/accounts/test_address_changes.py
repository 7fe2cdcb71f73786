"""The scripts of a change of address: an outcome each, and races."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from accounts.errors import TooManyAddressChanges, WrongCredentials
from accounts.keys import ADDRESS_CHANGE, USERS
from accounts.managers import address_changes, addresses
from accounts.managers.address_changes import AddressChange, Side
from accounts.managers.addresses import OwnAddress
from lantern_pro.store.audit import all_index_faults
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import new_id
from lantern_pro.types import Millis, UserId
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
PAUSE_MS = 60_000
NEW = AddressChange("a" * 64, "sealed-new", "nonce-1")
NEVER = Millis(0)
pytestmark = pytest.mark.usefixtures("any_redis")


@pytest.fixture
def owner(any_redis: redis.Redis) -> UserId:
    """A user without an address."""
    del any_redis
    return a_user()


def begin(user_id: UserId, change: AddressChange = NEW, *, at: int = 0) -> str:
    """Begin a change, so many ms later."""
    return address_changes.begin_address_change(
        user_id=user_id,
        change=change,
        now=Millis(NOW + at),
        life_ms=86_400_000,
        pause_ms=PAUSE_MS,
        most_tries=5,
        most_changes=10,
        follow=(),
    )


def confirm(user_id: UserId, side: Side | None = "new", **changes: Any) -> str:
    """Send a code back."""
    own = addresses.own_address(user_id)
    told: dict[str, Any] = {
        "change": NEW,
        "present": own.digest if own else "",
        "most_tries": 5,
        "now": NOW,
        "follow": (),
    }
    return address_changes.confirm_address(user_id=user_id, side=side, **(told | changes))


def has(user_id: UserId, digest: str, *, proven: int = 0) -> None:
    """Let the account have an address."""
    text_client().hset(USERS.row(user_id), mapping={"email_hash": digest, "email_sealed": "old"})
    text_client().zadd(USERS.lex("email_hash", cell=HERE), {f"{digest}\0{user_id}": 0})
    if proven:
        text_client().hset(USERS.row(user_id), "email_proven", proven)


def test_named_the_first_address_is_there_at_once_and_unproven(owner: UserId) -> None:
    assert begin(owner) == "named"
    assert addresses.own_address(owner) == OwnAddress(NEW.digest, NEW.sealed, NEVER)
    assert list(all_index_faults(HERE)) == []


def test_no_such_user_of_somebody_erased_nothing_is_written(any_redis: redis.Redis) -> None:
    erased = UserId(new_id(HERE))
    before = sorted(any_redis.scan_iter())

    with pytest.raises(WrongCredentials):
        begin(erased)

    assert sorted(any_redis.scan_iter()) == before


def test_begun_nothing_of_the_account_changes_yet(owner: UserId) -> None:
    has(owner, "b" * 64)

    assert begin(owner) == "begun"
    assert addresses.own_address(owner) == OwnAddress("b" * 64, "old", NEVER)
    assert address_changes.get_address_change(owner) == NEW


def test_known_and_begun_again_keep_the_codes(owner: UserId) -> None:
    begin(owner)
    another = AddressChange(NEW.digest, NEW.sealed, "nonce-2")

    assert begin(owner, another, at=PAUSE_MS - 1) == "known"
    assert begin(owner, another, at=PAUSE_MS) == "begun_again"
    assert address_changes.get_address_change(owner) == NEW


def test_proven_an_address_needs_no_second_proof(owner: UserId) -> None:
    has(owner, NEW.digest, proven=5)

    assert begin(owner) == "proven"
    assert address_changes.get_address_change(owner) is None


def test_confirmed_by_the_new_side_alone_where_the_old_one_is_not_proven(owner: UserId) -> None:
    has(owner, "b" * 64)
    begin(owner)

    assert confirm(owner) == "confirmed"
    assert addresses.own_address(owner) == OwnAddress(NEW.digest, NEW.sealed, NOW)
    assert list(all_index_faults(HERE)) == []
    assert confirm(owner) == "no_change"


def test_confirmed_nothing_is_kept_but_of_what_the_codes_were_made_and_that_for_a_day(
    owner: UserId,
) -> None:
    begin(owner)

    confirm(owner)

    kept = ADDRESS_CHANGE(user_id=owner)
    assert text_client().hgetall(kept) == {"done": NEW.nonce}
    assert 0 < text_client().pttl(kept) <= 86_400_000
    assert address_changes.last_done(owner) == NEW.nonce


@pytest.mark.parametrize("order", [("new", "old"), ("old", "new")])
def test_waits_for_both_sides_where_both_are_proven(owner: UserId, order: tuple[Any, Any]) -> None:
    has(owner, "b" * 64, proven=5)
    begin(owner)

    first, second = confirm(owner, order[0]), confirm(owner, order[1])

    assert (first, second) == ("waits", "confirmed")
    assert addresses.own_address(owner) == OwnAddress(NEW.digest, NEW.sealed, NOW)


def test_the_old_side_alone_changes_nothing(owner: UserId) -> None:
    has(owner, "b" * 64)
    begin(owner)

    assert confirm(owner, "old") == "waits"
    assert addresses.own_address(owner) == OwnAddress("b" * 64, "old", NEVER)


def test_wrong_after_five_wrong_codes_the_right_one_too(owner: UserId) -> None:
    begin(owner)

    assert [confirm(owner, None) for _ in range(5)] == ["wrong"] * 5
    assert confirm(owner) == "wrong"
    assert addresses.own_address(owner) == OwnAddress(NEW.digest, NEW.sealed, NEVER)


@pytest.mark.parametrize("at", [1_000, PAUSE_MS])
def test_begun_anew_after_too_many_wrong_codes_others_are_right(owner: UserId, at: int) -> None:
    has(owner, "b" * 64)
    begin(owner)
    for _ in range(5):
        confirm(owner, None)
    anew = AddressChange(NEW.digest, NEW.sealed, "nonce-2")

    assert begin(owner, anew, at=at) == "begun"
    assert confirm(owner, change=anew) == "confirmed"


def test_spent_after_ten_changes_of_a_day_no_other_codes_can_be_guessed_at(owner: UserId) -> None:
    has(owner, "b" * 64, proven=5)
    change = NEW
    for number in range(10):
        change = AddressChange(f"{number:064x}", "sealed", f"nonce-{number}")
        begin(owner, change)

    with pytest.raises(TooManyAddressChanges):
        begin(owner)
    assert begin(owner, change, at=PAUSE_MS) == "begun_again"
    assert address_changes.get_address_change(owner) == change


def test_no_change_codes_of_another_change_are_none(owner: UserId) -> None:
    begin(owner)

    assert confirm(owner, change=AddressChange(NEW.digest, NEW.sealed, "nonce-2")) == "no_change"


def test_stale_when_the_account_has_another_address_by_now(owner: UserId) -> None:
    begin(owner)

    assert confirm(owner, present="c" * 64) == "stale"
    assert addresses.own_address(owner) == OwnAddress(NEW.digest, NEW.sealed, NEVER)


def test_of_twenty_confirmations_at_once_one_changes_the_address(
    real_redis: redis.Redis, owner: UserId
) -> None:
    del real_redis
    has(owner, "b" * 64)
    begin(owner)

    with ThreadPoolExecutor(20) as threads:
        outcomes = Counter(threads.map(lambda _: confirm(owner, present="b" * 64), range(20)))

    assert outcomes == {"confirmed": 1, "no_change": 19}
