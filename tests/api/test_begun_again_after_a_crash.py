"""A call that died after it held a promotion's use: the same call again has that use, at once."""

from collections.abc import Callable

import pytest
import redis

from billing.keys import LATEST_PURCHASE
from billing.managers.promotions import uses_of
from billing.models import Promotion
from billing.services.subscriptions import SubscriptionWish, subscribe
from lantern_pro.types import UserId
from tests.api.subscribing import monthly, world
from tests.client_app import ClientApp

__all__ = ["monthly", "world"]

pytestmark = pytest.mark.usefixtures("laws_hold")

NewClient = Callable[..., ClientApp]
OFFER = "1m-usd-10-spring"


def subscribes(app: ClientApp) -> str:
    """Begin a subscription; ``ok``, or why not."""
    app.post("/stripe-subscription", planId=OFFER)
    return str(app.answer.get("errorId") or app.answer["status"])


def dies_before_it_begins(app: ClientApp, real_redis: redis.Redis) -> None:
    """Call, with the use held and nothing begun: the next script fails before it writes."""
    in_the_way = LATEST_PURCHASE(user_id=UserId(app.user_id))
    real_redis.set(in_the_way, "of another type")
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        subscribe(SubscriptionWish(UserId(app.user_id), OFFER, "", insists=True))
    real_redis.delete(in_the_way)
    assert uses_of(["spring"]) == {"spring": 1}


@pytest.mark.usefixtures("monthly")
@pytest.mark.parametrize("told", [{"first_purchase": True}, {"uses_limit": 1}])
def test_who_asks_again_has_the_use_that_was_held(
    client: ClientApp,
    new_client: NewClient,
    real_redis: redis.Redis,
    told: dict[str, int],
) -> None:
    Promotion.objects.create(id="spring", percent=25, **({"uses_limit": 1} | told))
    dies_before_it_begins(client, real_redis)

    assert subscribes(new_client("device-2")) == "promotion-over"
    assert subscribes(client) == "ok"
    assert subscribes(new_client("device-3")) == "promotion-over"
    assert uses_of(["spring"]) == {"spring": 1}
