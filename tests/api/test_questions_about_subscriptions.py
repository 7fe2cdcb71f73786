"""How often Stripe is asked about a subscription: of each thing once, and never of everybody's."""

from billing.keys import SUBSCRIPTIONS
from billing.models import Subscription
from billing.services.renewals import look_at
from lantern_pro.store.client import text_client
from tests.api.subscribing import monthly, subscribed, world
from tests.api.test_disputed_subscriptions import Act, at_stripe, bank
from tests.api.world import DAY, World
from tests.client_app import ClientApp

__all__ = ["bank", "monthly", "subscribed", "world"]


def asked(world: World) -> list[str]:
    """What was asked, in order."""
    return [f"{each['method']} {each['path']}" for each in world.stripe.requests]


def of_everybody(world: World) -> list[object]:
    """Questions for charges that name no customer, and for disputes that name no charge."""
    return [
        each
        for each in world.stripe.requests
        if each["path"] in {"/v1/charges", "/v1/disputes"}
        and not each["parameters"].keys() & {"customer", "charge"}
    ]


def test_who_resumes_is_not_asked_about_at_stripe_to_learn_their_customer(
    subscribed: ClientApp, world: World
) -> None:
    world.stripe.requests.clear()

    subscribed.post("/subscription-update", plan="resume")

    assert asked(world)[:2] == [
        "GET /v1/charges",
        f"POST /v1/subscriptions/{at_stripe(world)['id']}",
    ]
    assert of_everybody(world) == []


def test_while_the_customer_is_not_known_here_stripe_is_asked_for_them(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    bank("open")
    ours = Subscription.objects.get()
    text_client().hset(SUBSCRIPTIONS.row(ours.pk), "customer", "")
    world.stripe.requests.clear()

    subscribed.post("/subscription-update", plan="resume")

    assert subscribed.answer["errorId"] == "payment-disputed"
    assert asked(world)[0] == f"GET /v1/subscriptions/{ours.at_stripe}"
    assert of_everybody(world) == []


def test_however_many_renewals_there_were_one_question_tells_whether_any_is_disputed(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    world.pass_time(65 * DAY)
    assert len(world.stripe.journal.all("charge")) == 3
    ours = Subscription.objects.get().subscription_id

    world.stripe.requests.clear()
    with world.present():
        look_at(ours)
    without = asked(world)
    bank("inquire")
    world.stripe.requests.clear()
    with world.present():
        look_at(ours)

    about = {"GET /v1/charges", "GET /v1/disputes"}
    assert [each for each in without if each in about] == ["GET /v1/charges"]
    assert [each for each in asked(world) if each in about] == [
        "GET /v1/charges",
        "GET /v1/disputes",
    ]
    assert of_everybody(world) == []
