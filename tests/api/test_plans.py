"""What apps are offered, and that they pay exactly for what they were shown."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.db import IntegrityError
from pytest_django import Settings

from billing.catalogue import TermsStand
from billing.models import Plan, Purchase
from billing.services.plans import GRACE_MS, next_version
from devstack.mandrill_standin import MandrillStandin
from lantern_pro import clock
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
DAY_MS = 86_400_000


def shown(client: ClientApp, path: str = "/plans", **told: str) -> dict[str, dict[str, object]]:
    """The plans that an app is shown, by id."""
    client.get(path, **told)
    return {plan["id"]: plan for plan in client.answer["plans"]}


def dearer(plan_id: str = "1y-usd-10", price: int = 6000) -> Plan:
    """Another version of a plan."""
    plan = Plan.objects.get(pk=plan_id)
    plan.price_minor = price
    return next_version(plan)


def test_words_are_those_of_the_locale(client: ClientApp) -> None:
    Plan.objects.filter(pk="1y-usd-10").update(translations="ru: Год\nfa: یک سال")

    russian = shown(client, locale="ru_RU")["1y-usd-10"]
    persian = shown(client, locale="fa_IR")["1y-usd-10"]
    english = shown(client, locale="en_US")["1y-usd-10"]

    assert [each["description"] for each in (russian, persian, english)] == [
        "Год", "یک سال", "One year",
    ]  # fmt: skip
    assert russian["totalCostBilledOneTime"] == "48,00 USD, разовый платёж"
    assert english["totalCostBilledOneTime"] == "48.00 USD, billed one time"


@pytest.mark.parametrize(
    ("where", "price", "written"),
    [
        ("JP jpy", 5200, ("5,200 JPY", "433 JPY")),
        ("KW kwd", 14_900, ("14.900 KWD", "1.240 KWD")),
        ("VN vnd", 1_190_000, ("1,190,000 VND", "99,167 VND")),
        ("IS isk", 650_000, ("6,500 ISK", "542 ISK")),
    ],
)
def test_prices_have_the_decimals_of_their_currency_to_the_receipt(
    client: ClientApp,
    run_jobs: Callable[[], int],
    mandrill_standin: MandrillStandin,
    where: str,
    price: int,
    written: tuple[str, str],
) -> None:
    country, currency = where.split()
    plan_id = f"1y-{currency}-10"
    if currency != "jpy":  # it is there already
        Plan.objects.create(
            id=plan_id, description="A year", months=12, currency=currency, price_minor=price
        )

    told = shown(client, countrycode=country)
    client.buy(plan=plan_id, currency=currency)
    run_jobs()

    assert set(told) == {plan_id}
    assert told[plan_id]["price"] == {currency: price}
    assert (told[plan_id]["totalCost"], told[plan_id]["oneMonthCost"]) == written
    assert Purchase.objects.get().amount_minor == price
    assert written[0] in mandrill_standin.mails[-1]["text"]


def test_a_plan_for_some_countries_is_shown_there_only(client: ClientApp) -> None:
    Plan.objects.filter(pk="2y-usd-10").update(countries="IR, AF")

    assert set(shown(client, countrycode="IR")) == {"1y-usd-10", "2y-usd-10"}
    assert set(shown(client, countrycode="US")) == {"1y-usd-10"}
    assert set(shown(client)) == {"1y-usd-10"}


def test_a_new_version_is_shown_and_the_old_one_sold_for_a_day_to_who_was_shown_it(
    client: ClientApp,
) -> None:
    dearer()

    assert set(shown(client)) == {"1y-usd-11", "2y-usd-10"}
    client.buy(plan="1y-usd-10")
    assert client.answer["paymentStatus"] == "completed"
    assert Purchase.objects.get().amount_minor == 4800
    with clock.shifted(GRACE_MS + 1):
        client.buy(plan="1y-usd-10", idempotencyKey="later", insist="true")
    assert client.answer["errorId"] == "unknown-plan"


def test_versions_that_are_sold_no_more_are_taken_off_sale_with_the_next(
    client: ClientApp,
) -> None:
    dearer()
    with clock.shifted(GRACE_MS + 1):
        dearer("1y-usd-11", price=7000)

    on_sale = {plan.pk for plan in Plan.objects.filter(on_sale=True)}
    assert on_sale == {"1y-usd-11", "1y-usd-12", "2y-usd-10", "1y-jpy-10"}
    assert set(shown(client)) == {"1y-usd-12", "2y-usd-10"}


def test_a_version_that_was_taken_off_sale_does_not_bring_the_old_one_back(
    client: ClientApp,
) -> None:
    Plan.objects.filter(pk=dearer().pk).update(on_sale=False)

    assert set(shown(client)) == {"2y-usd-10"}


def test_of_two_who_make_the_next_version_at_once_one_does(service: redis.Redis) -> None:
    def make(price: int) -> str:
        try:
            return dearer(price=price).pk
        except IntegrityError:
            return "somebody else did"

    with ThreadPoolExecutor(2) as threads:
        made = list(threads.map(make, [5000, 5100]))

    assert sorted(made) == ["1y-usd-11", "somebody else did"]
    assert [each.pk for each in Plan.objects.filter(supersedes="1y-usd-10")] == ["1y-usd-11"]


def test_a_version_that_is_still_being_made_replaces_nothing(client: ClientApp) -> None:
    plan = Plan.objects.get(pk="1y-usd-10")
    plan.price_minor, plan.on_sale = 6000, False
    made = next_version(plan)

    assert set(shown(client)) == {"1y-usd-10", "2y-usd-10"}
    made.on_sale = True
    made.save()
    assert set(shown(client)) == {"1y-usd-11", "2y-usd-10"}


def test_what_was_bought_stays_whatever_becomes_of_the_plan(
    client: ClientApp, run_jobs: Callable[[], int], mandrill_standin: MandrillStandin
) -> None:
    client.buy()
    dearer()
    Plan.objects.all().update(description="Something else", on_sale=False)

    run_jobs()
    client.buy()

    assert client.answer["paymentStatus"] == "completed"
    assert "One year" in mandrill_standin.mails[-1]["text"]
    assert "48.00 USD" in mandrill_standin.mails[-1]["text"]


@pytest.mark.parametrize("term", Plan.TERMS)
def test_no_way_of_saving_changes_what_was_sold(service: redis.Redis, term: str) -> None:
    plan = Plan.objects.get(pk="1y-usd-10")
    other = "eur" if isinstance(getattr(plan, term), str) else 7
    setattr(plan, term, other)

    with pytest.raises(TermsStand):
        plan.save()
    with pytest.raises(TermsStand):
        Plan.objects.filter(pk=plan.pk).update(**{term: other})
    with pytest.raises(TermsStand):
        Plan.objects.bulk_update([plan], [term])

    assert getattr(Plan.objects.get(pk=plan.pk), term) != other


def test_no_plan_can_be_deleted(service: redis.Redis) -> None:
    with pytest.raises(TermsStand):
        Plan.objects.get(pk="1y-usd-10").delete()
    with pytest.raises(TermsStand):
        Plan.objects.all().delete()

    assert Plan.objects.count() == 3


def test_who_renews_is_shown_and_given_the_bonus_for_the_time_that_is_left(
    new_client: NewClient,
) -> None:
    Plan.objects.create(
        id="1m-usd-10", description="A month", months=1, currency="usd", price_minor=499,
        renewal_bonus="20: 1m 15d\n0: 7d\n-10: 3d",
    )  # fmt: skip
    client, other = new_client(), new_client("device-2")
    client.buy(plan="1m-usd-10")

    def bonus_in(days: float) -> object:
        with clock.shifted(int(days * DAY_MS)):
            return shown(client)["1m-usd-10"]["renewalBonusExpected"]

    assert bonus_in(1) == {"months": 1, "days": 15}
    assert bonus_in(25) == {"months": 0, "days": 7}
    assert bonus_in(35) == {"months": 0, "days": 3}
    assert bonus_in(60) == {"months": 0, "days": 0}
    assert shown(other)["1m-usd-10"]["renewalBonusExpected"] == {"months": 0, "days": 0}
    told = shown(client)["1m-usd-10"]
    assert told["formattedBonus"] == "1 month, 15 days"
    assert told["renewalText"] == "Renew now and get 1 month, 15 days on top."


def test_a_renewal_gives_the_bonus_that_stood_when_it_began(
    client: ClientApp, settings: Settings
) -> None:
    Plan.objects.create(
        id="1m-usd-10", description="A month", months=1, currency="usd", price_minor=499,
        renewal_bonus="0: 7d",
    )  # fmt: skip
    client.buy(plan="1m-usd-10", idempotencyKey="first")
    client.get("/user-data")
    before = client.answer["expiration"]

    client.buy(plan="1m-usd-10", idempotencyKey="second", insist="true")

    client.get("/user-data")
    renewed = Purchase.objects.get(pk=Purchase.objects.all()[0].pk)
    assert (renewed.renewal_months, renewed.renewal_days) == (0, 7)
    gained = (client.answer["expiration"] - before) // 86_400
    assert 28 + 7 <= gained <= 31 + 7
    assert len(client.answer["purchases"]) == 2


def test_more_devices_and_proxies_are_part_of_what_was_bought(client: ClientApp) -> None:
    Plan.objects.create(
        id="1yfamily-usd-1", description="A family's year", months=12, currency="usd",
        price_minor=9900, device_limit=8, proxies=5,
    )  # fmt: skip

    client.buy(plan="1yfamily-usd-1")

    bought = Purchase.objects.get()
    assert (bought.device_limit, bought.proxies) == ("8", "5")


@pytest.mark.parametrize("wrong", ["token", "user"])
def test_who_is_not_known_is_shown_the_plans_all_the_same(client: ClientApp, wrong: str) -> None:
    if wrong == "token":
        client.token = "not-the-token"
    else:
        client.user_id = 12345

    assert set(shown(client)) == {"1y-usd-10", "2y-usd-10"}


def test_each_form_of_the_catalogue_tells_the_ways_of_paying_in_its_own_place(
    client: ClientApp, settings: Settings
) -> None:
    settings.STRIPE_ICONS = ["https://static.example.org/visa.png"]
    key = settings.STRIPE_PUBLISHABLE_KEY
    card = [{"method": "credit-card", "providers": [{"name": "stripe", "data": {"pubKey": key}}]}]
    answers = {}
    for path in ("/plans", "/plans-v3", "/plans-v4", "/plans-v5"):
        client.get(path, distributionChannel="non-store")
        answers[path] = client.answer

    plans = [answer.pop("plans") for answer in answers.values()]
    platforms = {"android": card, "desktop": card}
    icons = {"stripe": ["https://static.example.org/visa.png"]}

    assert plans == [plans[0]] * 4
    assert answers == {
        "/plans": {"status": "ok", "pubKey": key, "providers": {"stripe": {"pubKey": key}}},
        "/plans-v3": {"status": "ok", "providers": platforms},
        "/plans-v4": {"status": "ok", "providers": platforms, "icons": icons},
        "/plans-v5": {"status": "ok", "providers": platforms, "icons": icons},
    }


def test_everybodys_payment_gateway_is_stripe(client: ClientApp) -> None:
    client.get("/user-payment-gateway", appVersion="7.9.0", country="CN", deviceOS="android")

    assert client.answer == {"status": "ok", "provider": "stripe"}
