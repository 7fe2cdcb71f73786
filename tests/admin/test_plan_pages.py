"""The pages of the catalogue: staff edit plans, and what was bought stays."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import Settings

from billing.models import Plan
from tests.admin.pages import errors_in, text_of

PAGE = "/admin/billing/plan/"


@pytest.fixture(autouse=True)
def our_faces(settings: Settings) -> None:
    """The admin as it is served."""
    settings.ROOT_URLCONF = "lantern_pro.urls"


@pytest.fixture
def plan() -> Plan:
    """A plan on sale."""
    made: Plan = Plan.objects.create(
        id="1y-usd-10", description="One year", months=12, currency="usd", price_minor=4800
    )
    return made


def form(**changes: Any) -> dict[str, Any]:
    """What the form of the plan sends."""
    told = {
        "id": "1y-usd-10", "description": "One year", "translations": "", "currency": "usd",
        "price_minor": 4800, "months": 12, "days": 0, "renewal_bonus": "", "device_limit": 0,
        "proxies": 0, "on_sale": "on", "countries": "", "position": 0,
    } | changes  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def test_a_plan_is_added(client: Client) -> None:
    answer = client.post(f"{PAGE}add/", form(renewal_bonus="30: 1m", translations="ru: Год"))

    assert errors_in(answer.content) == []
    assert Plan.objects.get().renewal_bonus == "30: 1m"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"price_minor": 10}, "from 0.50 USD"),
        ({"id": "1y-kwd-1", "currency": "kwd", "price_minor": 14_905}, "14900 or 14910"),
        ({"id": "1y-ugx-1", "currency": "ugx"}, "contradict"),
        ({"currency": "eur"}, "names its currency"),
        ({"id": "One year"}, "such as 1y-usd-10"),
        ({"months": 0}, "A plan gives some time"),
        ({"renewal_bonus": "a month"}, "30: 1m 15d"),
        ({"translations": "Год"}, "ru: Год"),
        ({"countries": "Japan"}, "two letters"),
        ({"months": 121}, "less than or equal to 120"),
    ],
)
def test_what_would_not_work_is_refused_in_clear_words(
    client: Client, changes: dict[str, Any], word: str
) -> None:
    answer = client.post(f"{PAGE}add/", form(**changes))

    assert any(word in each for each in errors_in(answer.content)), errors_in(answer.content)
    assert Plan.objects.count() == 0


def test_words_and_places_change_where_they_stand(client: Client, plan: Plan) -> None:
    client.post(f"{PAGE}{plan.pk}/change/", form(description="Twelve months", position=3))

    changed = Plan.objects.get()
    assert (changed.pk, changed.description, changed.position) == ("1y-usd-10", "Twelve months", 3)


def test_another_price_is_another_version_and_the_old_one_stays(client: Client, plan: Plan) -> None:
    answer = client.post(f"{PAGE}{plan.pk}/change/", form(price_minor=6000, proxies=4))

    old, new = Plan.objects.get(pk="1y-usd-10"), Plan.objects.get(pk="1y-usd-11")
    assert (old.price_minor, old.proxies) == (4800, 0)
    assert (new.price_minor, new.proxies, new.supersedes) == (6000, 4, "1y-usd-10")
    told = [str(each) for each in get_messages(answer.wsgi_request)]
    assert any("1y-usd-11 takes the place of 1y-usd-10" in each for each in told), told
    assert LogEntry.objects.get().object_id == "1y-usd-11"


def test_a_version_that_was_replaced_is_left_alone(client: Client, plan: Plan) -> None:
    client.post(f"{PAGE}{plan.pk}/change/", form(price_minor=6000))

    again = client.post(f"{PAGE}{plan.pk}/change/", form(price_minor=7000))

    assert "1y-usd-11 has taken the place" in again.content.decode()
    assert Plan.objects.count() == 2


def test_the_list_says_what_each_plan_gives_and_what_replaced_it(
    client: Client, plan: Plan
) -> None:
    client.post(f"{PAGE}{plan.pk}/change/", form(price_minor=6000, device_limit=8))

    page = text_of(client, PAGE)

    assert "48.00 USD" in page
    assert "60.00 USD" in page
    assert "8 devices" in page
    assert page.count("1y-usd-11") > 1


def test_nobody_can_delete_a_plan(client: Client, plan: Plan) -> None:
    assert client.post(f"{PAGE}{plan.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Plan.objects.count() == 1
