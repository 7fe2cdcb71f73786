"""The pages of promotions."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from billing.models import Plan, Promotion
from tests.admin.pages import errors_in, text_of

PAGE = "/admin/billing/promotion/"


@pytest.fixture(autouse=True)
def our_faces(settings: Settings) -> None:
    """The admin as it is served."""
    settings.ROOT_URLCONF = "lantern_pro.urls"


def form(**changes: Any) -> dict[str, Any]:
    """What the form sends."""
    return {
        "id": "spring", "note": "", "percent": 25, "months": 0, "on": "on", "starts_0": "",
        "starts_1": "", "ends_0": "", "ends_1": "", "countries": "", "plans": "", "code": "",
        "uses_limit": 0,
    } | changes  # fmt: skip


def test_a_promotion_is_made_and_shown_with_its_uses(client: Client) -> None:
    answer = client.post(f"{PAGE}add/", form(uses_limit=100, code="SPRING-27", months=2))
    page = text_of(client, PAGE)

    assert errors_in(answer.content) == []
    assert Promotion.objects.get().uses_limit == 100
    assert "25% off and 2 months" in page
    assert "0 of 100" in page
    assert "runs" in page


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"percent": 0}, "It gives nothing yet"),
        ({"percent": 91}, "less than or equal to 90"),
        ({"id": "Spring!"}, "such as spring27"),
        ({"id": "27spring"}, "such as spring27"),
        ({"code": "spring"}, "Capital letters"),
        ({"code": "TAKEN"}, "other has this code"),
        ({"countries": "Japan"}, "two letters"),
        ({"plans": "9y"}, "No plan has such a length"),
        (
            {
                "starts_0": "2027-03-02", "starts_1": "00:00:00",
                "ends_0": "2027-03-01", "ends_1": "00:00:00",
            },
            "ends before it starts",
        ),
    ],
)  # fmt: skip
def test_what_would_not_work_is_refused_in_clear_words(
    client: Client, changes: dict[str, Any], word: str
) -> None:
    Promotion.objects.create(id="other", percent=5, code="TAKEN")

    answer = client.post(f"{PAGE}add/", form(**changes))

    assert any(word in each for each in errors_in(answer.content)), errors_in(answer.content)
    assert Promotion.objects.count() == 1


def test_it_is_stopped_and_what_it_gives_stays(client: Client) -> None:
    Plan.objects.create(id="1y-usd-10", description="x", months=12, currency="usd", price_minor=1)
    client.post(f"{PAGE}add/", form(plans="1y, 1y-usd-10"))
    changed = form(percent=50, note="over")
    del changed["on"]

    client.post(f"{PAGE}spring/change/", changed)

    spring = Promotion.objects.get()
    assert (spring.on, spring.percent, spring.note) == (False, 25, "over")
    assert client.post(f"{PAGE}spring/delete/", {"post": "yes"}).status_code == 403
