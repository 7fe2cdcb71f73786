"""Apps of every era live through their accounts' calls, against a running server."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from pytest_django import Settings

from billing.models import Plan
from devstack.mandrill_standin import MandrillStandin
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs.worker import drain
from lantern_pro.types import Cell
from tests import fleet
from tests.contract.eras import ANDROID, ERAS, A, App, B, C, D, E, Era
from tests.live import pro_server

pytestmark = pytest.mark.stack

EMAIL = "reader@example.org"
NewApp = Callable[..., App]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running pro-server, with a Stripe that behaves."""
    folder: Path = tmp_path_factory.mktemp("stripe")
    stripe = StripeStandin(folder, retry_seconds=0.05)
    stripe.start()
    with pro_server(STRIPE_API_BASE=stripe.url) as url:
        yield url
    stripe.stop()


@pytest.fixture
def store(
    real_redis: redis.Redis, mandrill_standin: MandrillStandin, settings: Settings, db: None
) -> redis.Redis:
    """The server's store, with a plan on sale and a fleet; jobs are done by this process."""
    settings.MANDRILL_API_BASE = mandrill_standin.api_url
    Plan.objects.create(
        id="1y-usd-10", description="One year", months=12, currency="usd", price_minor=4800
    )
    fleet.pro_proxy()
    return real_redis


@pytest.fixture(params=ERAS, ids=lambda era: era.name.partition(",")[0])
def era(request: pytest.FixtureRequest) -> Era:
    """Each era in turn."""
    told: Era = request.param
    return told


@pytest.fixture
def new_app(era: Era, server: str, store: redis.Redis) -> NewApp:
    """Makes devices with an app of the era."""
    del store
    return lambda device_id, address="192.0.2.7": App(era, server, device_id, address)


@pytest.fixture
def app(new_app: NewApp) -> App:
    """A device whose app has made its account."""
    return new_app("device-1").sign_up()


@pytest.fixture
def mailed_code(mandrill_standin: MandrillStandin) -> Callable[[], str]:
    """Does what is due; the code of the newest mail."""

    def read() -> str:
        drain(Cell(0))
        found = re.findall(r"\b\d{6}\b", mandrill_standin.mails[-1]["text"])
        return str(found[-1])

    return read


def buy(app: App) -> dict[str, Any]:
    """Buy a year, as all eras do with a form of their own."""
    return app.post(
        "/purchase",
        provider="stripe",
        plan="1y-usd-10",
        currency="usd",
        email=EMAIL,
        stripeEmail=EMAIL,
        stripePublicKey="pk_test_development",
        stripeToken="tok_visa",
        deviceName="Pixel",
        idempotencyKey=str(time.time_ns()),
    )


def test_an_account_is_made(new_app: NewApp) -> None:
    made = new_app("device-1").post("/user-create")

    assert made["status"] == "ok"
    assert made["token"]
    assert made["referral"]
    assert made["code"] == ""
    assert made.get("expiration", 0) == 0


def test_a_sign_up_whose_answer_was_lost_is_repeated_and_is_one_account(
    new_app: NewApp, store: redis.Redis
) -> None:
    app = new_app("device-1")
    for _ in range(3):
        app.post_and_lose_the_answer("/user-create")

    first = app.post("/user-create")
    second = app.post("/user-create")

    assert second == first
    assert len(store.keys("{c0}:user:*:devices")) == 1


def test_calls_that_race_the_sign_up_get_a_clean_refusal(new_app: NewApp) -> None:
    app = new_app("device-1")

    refused = [app.get("/user-data"), app.post("/device-add", deviceName="x")]

    assert [each["errorId"] for each in refused] == ["missing-credentials"] * 2


def test_the_user_is_told_as_every_era_looks_for_it(app: App) -> None:
    free = app.get("/user-data")
    buy(app)
    drain(Cell(0))
    pro = app.get("/user-data")

    assert free["userStatus"] not in {"active", "expired"}
    assert free["userLevel"] == ""
    assert (pro["userStatus"], pro["userLevel"]) == ("active", "pro")
    assert pro["expiration"] > time.time()
    assert pro["purchases"] == [{"plan": "1y-usd-10"}]
    for told in (free, pro):
        assert (told["userId"], told["token"]) == (app.user_id, app.token)
        [device] = told["devices"]
        assert device["id"] == "device-1"
        assert isinstance(device["name"], str)
        assert isinstance(device["created"], int)
        for name in ("email", "telephone", "locale", "code", "referral", "subscription"):
            assert isinstance(told[name], str)
        for name in ("inviters", "invitees"):
            assert isinstance(told[name], list)
        assert told["autoconfToken"] == ""
        assert told["yinbiEnabled"] is False


def test_an_address_is_looked_at_and_given(app: App) -> None:
    looked_at = app.get("/email-exists", email=EMAIL)
    given = app.post("/user-update", email=EMAIL)

    assert looked_at["status"] == "ok"
    assert given["status"] == "ok"
    assert app.get("/user-data")["email"] == EMAIL


@pytest.mark.parametrize("request_path", ["/user-link-request", "/user-email-request"])
def test_a_lost_account_is_recovered_by_mail(
    app: App, new_app: NewApp, mailed_code: Callable[[], str], request_path: str
) -> None:
    buy(app)
    drain(Cell(0))
    anew = new_app("device-new", "198.51.100.9").sign_up()

    sent_on = anew.post("/user-recover", email=EMAIL)
    asked = anew.post(request_path, email=EMAIL, deviceName="Pixel 9")
    validated = anew.post("/user-link-validate", code=mailed_code())
    anew.takes(validated)

    assert sent_on["errorId"] == "wrong-device"
    assert asked["status"] == "ok"
    assert (anew.user_id, anew.token) == (app.user_id, app.token)
    told = anew.get("/user-data")
    assert told["userStatus"] == "active"
    assert "device-new" in [device["id"] for device in told["devices"]]


def test_a_device_is_linked_by_a_code_and_polling(app: App, new_app: NewApp) -> None:
    newcomer = new_app("device-new", "198.51.100.9").sign_up()
    given = newcomer.post("/link-code-request", deviceName="Laptop")
    code = given["code"]

    polls = [newcomer.post("/link-code-redeem", code=code, deviceName="Laptop") for _ in range(3)]
    approved = app.post("/link-code-approve", code=code)
    redeemed = newcomer.post("/link-code-redeem", code=code, deviceName="Laptop")
    newcomer.takes(redeemed)

    assert re.fullmatch(r"\d{6}", code)
    assert 60 < given["expireAt"] - time.time() <= 600
    assert [poll.get("token", "") for poll in polls] == [""] * 3
    assert approved["status"] == "ok"
    assert (newcomer.user_id, newcomer.token) == (app.user_id, app.token)


def test_a_wrong_link_code_is_told_so(app: App) -> None:
    assert app.post("/link-code-approve", code="000000")["errorId"] == "wrong-link-code"


def test_devices_join_up_to_the_limit_and_one_is_removed(app: App, new_app: NewApp) -> None:
    def joined(device_id: str) -> str:
        device = new_app(device_id)
        device.user_id, device.token = app.user_id, app.token
        answer = device.post("/device-add", deviceName=f"name of {device_id}")
        return str(answer.get("errorId", answer["status"]))

    outcomes = [joined(f"device-{number}") for number in (2, 3, 4)]
    removed = app.post("/user-link-remove", **{app.era.device_named: "device-2"})

    assert outcomes == ["ok", "ok", "too-many-devices"]
    assert (removed[app.era.id_named], removed["token"]) == (app.user_id, app.token)
    assert joined("device-4") == "ok"
    assert [each["id"] for each in app.get("/user-data")["devices"]] == [
        "device-1",
        "device-3",
        "device-4",
    ]


def test_what_was_said_in_persian_comes_back_in_ascii(app: App) -> None:
    app.post("/device-add", deviceName="تلفن")

    assert app.get("/user-data")["devices"][0]["name"] == "تلفن"


@pytest.mark.parametrize("era", [A, B], indirect=True, ids=["A", "B"])
def test_a_token_is_reset(app: App) -> None:
    old = app.token

    reset = app.post("/token-reset")
    read_by_the_old_one = app.get("/user-data")

    assert reset["token"] != old
    assert read_by_the_old_one["token"] == reset["token"]


@pytest.mark.parametrize("era", [A], indirect=True, ids=["A"])
def test_linking_by_telephone_is_refused_cleanly(app: App) -> None:
    configured = app.post("/user-link-configure", telephone="+8613800000000")
    requested = app.post("/user-link-request", telephone="+8613800000000")

    assert configured["errorId"] == requested["errorId"] == "telephone-not-supported"


@pytest.mark.parametrize("era", [C], indirect=True, ids=["C"])
def test_a_device_goes_on_under_a_new_id(app: App) -> None:
    app.device_id = "device-of-another-making"

    moved = app.post("/migrate-device-id", oldDeviceID="device-1")

    assert moved["status"] == "ok"
    assert [each["id"] for each in app.get("/user-data")["devices"]] == [app.device_id]


@pytest.mark.parametrize("era", [ANDROID, D, E], indirect=True, ids=["Android", "D", "E"])
def test_a_repeated_removal_is_a_success_again(app: App, new_app: NewApp) -> None:
    other = new_app("device-2")
    other.user_id, other.token = app.user_id, app.token
    other.post("/device-add", deviceName="x")

    answers = [app.post("/user-link-remove", **{app.era.device_named: "device-2"}) for _ in "ab"]

    assert answers[0] == answers[1]
