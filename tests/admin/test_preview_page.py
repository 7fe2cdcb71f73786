"""The page that shows staff what apps would be told."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from billing.models import Plan, Promotion
from lantern_pro import clock
from lantern_pro.backoffice.staff import Role
from lantern_pro.types import Millis
from tests.admin.pages import text_of
from tests.admin.test_buttons import browser_of
from tests.client_app import ClientApp

PAGE = "/admin/billing/plan/preview/"
DAY_MS = 86_400_000


@pytest.fixture(autouse=True)
def a_catalogue(settings: Settings) -> None:
    """The admin as it is served, with a few plans."""
    settings.ROOT_URLCONF = "lantern_pro.urls"
    Plan.objects.create(
        id="1y-usd-10", description="One year", translations="ru: Год", months=12,
        currency="usd", price_minor=4800, renewal_bonus="30: 1m",
    )  # fmt: skip
    Plan.objects.create(
        id="1y-jpy-1", description="一年", months=12, currency="jpy", price_minor=5200
    )
    Plan.objects.create(
        id="2y-usd-1", description="Two years", months=24, currency="usd", price_minor=8700,
        on_sale=False,
    )  # fmt: skip


def answers(client: Client, query: str = "") -> list[Any]:
    """What the page says that apps would be sent, by form."""
    page = text_of(client, PAGE + query)
    return [
        json.loads(html.unescape(each))
        for each in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    ]


def ids(client: Client, query: str = "") -> list[str]:
    """The ids of the plans that the page shows."""
    return [plan["id"] for plan in answers(client, query)[0]["plans"]]


@pytest.mark.parametrize(
    ("country", "locale"), [("", "en"), ("JP", "en"), ("KW", "ru"), ("IR", "fa")]
)
def test_the_page_says_what_apps_are_sent(client: Client, country: str, locale: str) -> None:
    app = ClientApp(locale=locale, country=country)
    sent = []
    for path in ("/plans", "/plans-v3", "/plans-v4", "/plans-v5"):
        app.get(path, locale=locale)
        sent.append(app.answer)

    assert answers(client, f"?country={country}&locale={locale}") == sent


def test_it_shows_a_renewal_a_coupon_another_day_and_a_plan_to_come(client: Client) -> None:
    Promotion.objects.create(id="coded", percent=10, code="TEN")
    Promotion.objects.create(
        id="later", months=1, starts=clock.as_datetime(Millis(clock.now() + 30 * DAY_MS))
    )
    later = clock.as_datetime(Millis(clock.now() + 40 * DAY_MS)).date()

    [year] = answers(client, "?days_left=31&locale=ru")[0]["plans"]

    assert year["renewalBonusExpected"] == {"months": 1, "days": 0}
    assert year["description"] == "Год"
    assert ids(client, "?coupon=ten") == ["1y-usd-10-coded"]
    assert ids(client, f"?day={later}") == ["1y-usd-10-later"]
    assert sorted(ids(client, "?also=2y-usd-1")) == ["1y-usd-10", "2y-usd-1"]
    assert ids(client) == ["1y-usd-10"]


def test_the_plans_are_a_table_for_people(client: Client) -> None:
    page = text_of(client, PAGE + "?country=JP")

    assert "5,200 JPY" in page
    assert "433 JPY" in page


@pytest.mark.parametrize("query", ["?country=Japan", "?country=1%2F", "?days_left=soon", "?day=x"])
def test_what_it_cannot_show_is_told(client: Client, query: str) -> None:
    page = text_of(client, PAGE + query)

    assert "errorlist" in page or "text-red" in page
    assert "<pre" not in page


def test_it_is_linked_where_plans_are_edited_and_staff_of_every_role_may_look(
    client: Client,
) -> None:
    assert PAGE in text_of(client, "/admin/billing/plan/")
    assert PAGE in text_of(client, "/admin/billing/plan/1y-usd-10/change/")
    assert ids(browser_of(Role.SUPPORT)) == ["1y-usd-10"]
    assert Client().get(PAGE).status_code == 302
