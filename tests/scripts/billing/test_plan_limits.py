"""How many devices an account may have after a purchase."""

from typing import Any

from accounts.keys import DEVICES, USERS
from accounts.laws import devices_are_within_limits
from lantern_pro.types import UserId
from tests.people import HERE
from tests.scripts.billing.test_purchase_scripts import begin, buyer, complete

__all__ = ["buyer"]


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
