"""What staff are answered where there is no page."""

import pytest
from django.test import Client
from pytest_django import Settings

FACES = ["lantern_pro.urls", "lantern_pro.urls_admin"]


@pytest.fixture(params=FACES, ids=["both faces", "the admin alone"])
def face(request: pytest.FixtureRequest, settings: Settings) -> None:
    """The admin as it is served."""
    settings.ROOT_URLCONF = request.param


@pytest.mark.parametrize(
    "path", ["/admin/nonsense/", "/admin/jobs/job/c0.greet.nobody/retry-now/", "/admin/jobs/job"]
)
def test_staff_are_led_back_from_a_page_that_is_not_there(
    client: Client, face: None, path: str
) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer["Content-Type"][:9]) == (404, "text/html")
    page = answer.content.decode()
    assert "There is no such page" in page
    assert 'href="/admin/"' in page


def test_a_stranger_learns_nothing_but_where_to_log_in(face: None) -> None:
    answer = Client().get("/admin/nonsense/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_the_admin_is_found_without_its_last_slash(face: None) -> None:
    assert Client().get("/admin")["Location"] == "/admin/"


def test_apps_are_still_answered_in_json(settings: Settings) -> None:
    settings.ROOT_URLCONF = "lantern_pro.urls"

    answer = Client().get("/administration")

    assert (answer.status_code, answer.json()["errorId"]) == (404, "unknown-endpoint")
