"""How many devices an account may have after a purchase."""

from typing import Any

import pytest

from accounts.keys import DEVICES, USERS
from accounts.laws import devices_are_within_limits
from billing.gateways.base import Stands
from lantern_pro.types import UserId
from tests.people import HERE
from tests.scripts.billing.test_purchase_scripts import NOW, begin, buyer, complete
from tests.scripts.billing.test_return_scripts import PRICE, money, record

__all__ = ["buyer"]


def limit_of(buyer: UserId, store: Any) -> str | None:
    """How many devices the account may have; None: as many as is usual."""
    told: str | None = store.hget(USERS.row(buyer), "device_limit")
    return told


def test_a_plan_may_be_for_more_devices_than_is_usual(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer, device_limit="2")

    complete(buyer, purchase_id, device_limit=1)

    assert any_redis.zrange(DEVICES(user_id=buyer), 0, -1) == ["device-9", "device-1"]
    assert any_redis.hget(USERS.row(buyer), "device_limit") == "2"


def test_a_plan_for_fewer_devices_than_there_are_takes_none_away_and_adds_none(
    buyer: UserId, any_redis: Any
) -> None:
    any_redis.zadd(DEVICES(user_id=buyer), {"device-2": 2, "device-3": 3})

    complete(buyer, begin(buyer, device_limit="1"))

    assert any_redis.zcard(DEVICES(user_id=buyer)) == 3
    assert list(devices_are_within_limits(HERE)) == []


def test_what_is_wholly_given_back_takes_its_devices_with_it(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer, device_limit="5")
    complete(buyer, purchase_id)
    before = limit_of(buyer, any_redis)

    record(buyer, purchase_id, money(PRICE))

    assert (before, limit_of(buyer, any_redis)) == ("5", None)


def test_a_part_that_goes_back_leaves_the_limit(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer, device_limit="5")
    complete(buyer, purchase_id)

    record(buyer, purchase_id, money(PRICE // 2))

    assert limit_of(buyer, any_redis) == "5"


@pytest.mark.parametrize("first_is_back", [True, False])
def test_what_remains_paid_decides_whichever_goes_back(
    buyer: UserId, any_redis: Any, *, first_is_back: bool
) -> None:
    of_three, of_five = (begin(buyer, key=each, device_limit=each) for each in ("3", "5"))
    complete(buyer, of_three, payment_intent="pi_3", charge_id="ch_3")
    complete(buyer, of_five, payment_intent="pi_5", charge_id="ch_5", paid_at=NOW + 1)

    record(buyer, of_three if first_is_back else of_five, money(PRICE))

    assert limit_of(buyer, any_redis) == ("5" if first_is_back else "3")


def test_no_device_is_taken_away_by_a_refund(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer, device_limit="5")
    complete(buyer, purchase_id)
    any_redis.zadd(DEVICES(user_id=buyer), {f"device-of-{n}": n for n in range(4)})
    count = any_redis.zcard(DEVICES(user_id=buyer))

    record(buyer, purchase_id, money(PRICE))

    assert any_redis.zcard(DEVICES(user_id=buyer)) == count
    assert limit_of(buyer, any_redis) == str(count)
    assert list(devices_are_within_limits(HERE)) == []


def test_a_dispute_that_is_won_brings_the_devices_again(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer, device_limit="5")
    complete(buyer, purchase_id)
    record(buyer, purchase_id, money(PRICE, fact="dispute.dp_1"))
    lost = limit_of(buyer, any_redis)

    record(buyer, purchase_id, money(PRICE, fact="dispute.dp_1", stands=Stands.RESTORED))

    assert (lost, limit_of(buyer, any_redis)) == (None, "5")


def test_the_law_tells_of_fewer_devices_than_were_paid_for(buyer: UserId, any_redis: Any) -> None:
    complete(buyer, begin(buyer, device_limit="5"))
    any_redis.hset(USERS.row(buyer), "device_limit", 2)

    assert list(devices_are_within_limits(HERE)) == [f"user {buyer}: 2 devices, and 5 are paid for"]
