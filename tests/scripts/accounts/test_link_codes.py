"""The scripts by which a device is linked with a code: an outcome each, and races."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from accounts import managers
from accounts.keys import DEVICES, GRANT, LINK_CODES, USERS
from accounts.managers import LinkAsk, LinkCode, link_codes
from accounts.managers.link_codes import Approval, Attempt
from accounts.models import User
from accounts.services.devices import joining_of, what_follows
from lantern_pro.store.client import text_client
from lantern_pro.types import Millis, UserId
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
LIFE_MS = 300_000
ASK = LinkAsk("0" * 64, "nonce-1", "Pixel")
pytestmark = pytest.mark.usefixtures("any_redis")


def ask(
    code: str = "123456", *, who: LinkAsk = ASK, now: Millis = NOW, most_open: int = 10
) -> LinkCode | Attempt:
    """Ask for a code, and be drawn this one."""
    return link_codes.request_link_code(
        ask=who,
        new=LinkCode(code, Millis(now + LIFE_MS)),
        now=now,
        life_ms=LIFE_MS,
        least_left_ms=60_000,
        most_open=most_open,
    )


def other(number: int) -> LinkAsk:
    """Another device that asks."""
    return LinkAsk(f"{number:064x}", f"nonce-{number}", "")


def join(user_id: UserId, device_id: str, *, nonce: str = "nonce-1") -> str:
    """Join by a grant."""
    access = User.objects.get_access(user_id)
    assert access is not None
    return managers.join_by_grant(
        user_id=user_id,
        nonce=nonce,
        joining=joining_of(access, device_id=device_id, name="", place=""),
        follow=what_follows(access),
    )


def give(user_id: UserId, nonce: str = "nonce-1") -> bool:
    """Give a grant."""
    return managers.give_grant(user_id=user_id, nonce=nonce, life_ms=60_000)


def devices_of(user_id: UserId) -> set[str]:
    """The account's devices."""
    return set(text_client().zrange(DEVICES(user_id=user_id), 0, -1))


def test_given_the_code_leads_to_who_asked() -> None:
    given = ask()

    assert given == LinkCode("123456", Millis(NOW + LIFE_MS))
    assert link_codes.find_link_ask("123456") == ASK
    assert link_codes.find_link_ask("123457") is None


def test_known_the_same_device_has_the_same_code_until_a_minute_is_left() -> None:
    first = ask("123456")

    again = ask("654321", now=Millis(NOW + LIFE_MS - 61_000))
    later = ask("654321", now=Millis(NOW + LIFE_MS - 60_000))

    assert again == first
    assert later == LinkCode("654321", Millis(NOW + 2 * LIFE_MS - 60_000))


def test_code_taken_nothing_changes(any_redis: redis.Redis) -> None:
    ask()
    before = sorted(any_redis.scan_iter())

    outcome = ask(who=other(1024))

    assert outcome == "code_taken"
    assert sorted(any_redis.scan_iter()) == before


def test_crowded_so_many_codes_wait_and_no_more() -> None:
    for number in range(2):
        ask(f"00000{number}", who=other(number), most_open=2)

    refused = ask("000003", who=other(3), most_open=2)
    later = ask("000003", who=other(3), most_open=2, now=Millis(NOW + LIFE_MS + 1))

    assert refused == "crowded"
    assert later == LinkCode("000003", Millis(NOW + 2 * LIFE_MS + 1))
    assert text_client().zrange(LINK_CODES(cell=HERE), 0, -1) == ["000003"]


def test_approved_by_one_account_a_code_is_wrong_for_every_other() -> None:
    ask()

    first = link_codes.approve_link_code(ask=ASK, code="123456", user_id=UserId(1024))
    again = link_codes.approve_link_code(ask=ASK, code="123456", user_id=UserId(1024))
    another = link_codes.approve_link_code(ask=ASK, code="123456", user_id=UserId(2048))

    assert (first, again, another) == (True, True, False)


def test_wrong_a_code_that_another_has_replaced_is_not_approved() -> None:
    ask("123456")
    ask("654321", now=Millis(NOW + LIFE_MS - 1000))

    approved = link_codes.approve_link_code(ask=ASK, code="123456", user_id=UserId(1024))

    assert not approved


def test_pending_until_approved_and_then_the_account_is_told() -> None:
    ask()

    before = link_codes.redeem_link_code(digest=ASK.digest, code="123456", most_tries=5)
    link_codes.approve_link_code(ask=ASK, code="123456", user_id=UserId(1024))
    after = link_codes.redeem_link_code(digest=ASK.digest, code="123456", most_tries=5)

    assert before == "pending"
    assert after == Approval(UserId(1024), "nonce-1", "Pixel")


def test_a_device_that_did_not_ask_redeems_nothing() -> None:
    ask()
    link_codes.approve_link_code(ask=ASK, code="123456", user_id=UserId(1024))

    outcome = link_codes.redeem_link_code(digest=other(7).digest, code="123456", most_tries=5)

    assert outcome == "wrong"


def test_after_five_wrong_codes_the_right_one_is_wrong_too() -> None:
    ask()
    for number in range(5):
        link_codes.redeem_link_code(digest=ASK.digest, code=f"00000{number}", most_tries=5)

    outcome = link_codes.redeem_link_code(digest=ASK.digest, code="123456", most_tries=5)

    assert outcome == "wrong"


def test_a_grant_is_given_once_and_to_no_stranger() -> None:
    owner = a_user()

    assert give(owner)
    assert not give(owner)
    assert not give(UserId(1 << 20))


def test_nobody_joins_an_account_that_was_erased_since_it_was_read(any_redis: Any) -> None:
    owner = a_user()
    give(owner)
    access = User.objects.get_access(owner)
    assert access is not None
    any_redis.delete(USERS.row(owner), DEVICES(user_id=owner))

    outcome = managers.join_by_grant(
        user_id=owner,
        nonce="nonce-1",
        joining=joining_of(access, device_id="device-2", name="", place=""),
        follow=what_follows(access),
    )

    assert outcome == "barred"
    assert any_redis.exists(USERS.row(owner), DEVICES(user_id=owner)) == 0


def test_added_by_a_grant_once(any_redis: Any) -> None:
    owner = a_user()
    give(owner)

    first = join(owner, "device-2")
    again = join(owner, "device-2")
    other_device = join(owner, "device-3")

    assert (first, again, other_device) == ("added", "already_there", "barred")
    assert devices_of(owner) == {"device-1", "device-2"}
    assert any_redis.ttl(GRANT(user_id=owner, nonce="nonce-1")) > 0


def test_a_device_that_was_removed_comes_back_by_a_new_grant_and_not_by_the_old() -> None:
    owner = a_user()
    give(owner)
    join(owner, "device-2")
    access = User.objects.get_access(owner)
    assert access is not None
    managers.remove_device(access=access, device_id="device-2", by="device-1", now=NOW, follow=())

    old = join(owner, "device-2")
    give(owner, "nonce-2")
    new = join(owner, "device-2", nonce="nonce-2")

    assert (old, new) == ("barred", "added")
    assert devices_of(owner) == {"device-1", "device-2"}


def test_full_the_grant_is_kept_until_there_is_room() -> None:
    owner = a_user()
    for number in (2, 3):
        give(owner, f"nonce-{number}")
        join(owner, f"device-{number}", nonce=f"nonce-{number}")
    give(owner)

    full = join(owner, "device-4")
    access = User.objects.get_access(owner)
    assert access is not None
    managers.remove_device(access=access, device_id="device-3", by="device-1", now=NOW, follow=())

    assert full == "full"
    assert join(owner, "device-4") == "added"


def test_spent_after_its_tries_an_account_has_no_more() -> None:
    owner = a_user()

    def take() -> bool:
        return managers.take_try(user_id=owner, most=3, everyones_most=100, span_ms=60_000)

    taken = [take() for _ in range(4)]
    managers.give_back_try(user_id=owner)

    assert taken == [True, True, True, False]
    assert take()


def test_when_everyone_has_tried_much_an_account_has_one_try() -> None:
    def take(user_id: UserId) -> bool:
        return managers.take_try(user_id=user_id, most=10, everyones_most=2, span_ms=60_000)

    guessers = [a_user(), a_user()]
    for guesser in guessers:
        take(guesser)
    honest = a_user()

    assert [take(guesser) for guesser in guessers] == [False, False]
    assert take(honest)
    assert not take(honest)


def test_of_twenty_who_approve_one_code_at_once_one_account_has_it(
    real_redis: redis.Redis,
) -> None:
    del real_redis
    ask()

    def approve(number: int) -> bool:
        return link_codes.approve_link_code(
            ask=ASK, code="123456", user_id=UserId((number + 1) << 10)
        )

    with ThreadPoolExecutor(20) as threads:
        approved = list(threads.map(approve, range(20)))

    assert approved.count(True) == 1


def test_of_twenty_devices_with_one_grant_at_once_one_joins(real_redis: redis.Redis) -> None:
    del real_redis
    owner = a_user()
    give(owner)

    with ThreadPoolExecutor(20) as threads:
        joined = list(threads.map(lambda number: join(owner, f"new-{number}"), range(20)))

    assert joined.count("added") == 1
    assert len(devices_of(owner)) == 2
