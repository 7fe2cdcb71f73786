"""What staff see and do in the back office, in a real browser on a real server."""

import re
from typing import Final

import pytest
import requests
from django.contrib.admin.utils import unquote
from playwright.sync_api import Page, expect

from accounts.models import User
from billing.models import Purchase
from lantern_pro.jobs.models import Job
from tests.browser.conftest import HOPELESS, UNLUCKY, Shot, Site, log_in

pytestmark = pytest.mark.browser

SECTIONS: Final = ("Users", "Purchases", "Plans", "Proxies", "Jobs")


def rows(page: Page) -> list[str]:
    """The rows of a list page, each as its text."""
    return page.locator("#result_list tbody tr").all_inner_texts()


def press(page: Page, label: str) -> None:
    """Press a button of a record's page, and answer its question."""
    page.get_by_role("link", name=label).click()
    page.get_by_role("button", name=label).click()


def test_staff_log_in_and_find_every_part_of_the_service(
    stranger: Page, site: Site, shot: Shot
) -> None:
    stranger.goto(site / "admin/")
    shot(stranger, "login")

    log_in(stranger, site)

    for section in SECTIONS:
        expect(stranger.get_by_role("link", name=section, exact=True).first).to_be_visible()
    shot(stranger, "index")


def test_a_wrong_password_is_told(stranger: Page, site: Site, shot: Shot) -> None:
    log_in(stranger, site, password="guessed")

    expect(stranger.get_by_text("Please enter the correct username and password")).to_be_visible()
    shot(stranger, "wrong-password")


def test_users_are_listed_and_filtered_by_status(page: Page, site: Site, shot: Shot) -> None:
    page.goto(site / "admin/accounts/user/")
    everybody = rows(page)
    shot(page, "users")

    page.goto(site / "admin/accounts/user/?status=active")
    active = rows(page)

    page.goto(site / "admin/accounts/user/?status=expired")
    expired = rows(page)

    assert len(everybody) == 9
    assert 0 < len(active) < len(everybody)
    assert len(expired) == 1


@pytest.mark.parametrize("how", ["id", "e-mail", "charge"])
def test_a_user_is_found_by_what_they_can_tell(
    page: Page, site: Site, shot: Shot, how: str, paid: Purchase
) -> None:
    told = {"id": str(paid.user_id), "e-mail": "carla@example.org", "charge": paid.charge_id}[how]
    page.goto(site / "admin/accounts/user/")

    page.locator("#searchbar").fill(str(told))
    page.locator("#searchbar").press("Enter")
    page.wait_for_url("**?q=*")

    found = rows(page)
    assert len(found) == 1
    assert str(paid.user_id) in found[0]
    shot(page, f"users-found-by-{how}")


def test_a_users_page_tells_their_whole_story(
    page: Page, site: Site, shot: Shot, paid: Purchase
) -> None:
    page.goto(site / f"admin/accounts/user/{paid.user_id}/change/")

    story = page.locator("#content").inner_text()
    for told in [
        "c…@e…",
        "1y-usd-10",
        "48.00 USD",
        str(paid.charge_id),
        "pro-198.51.100",
        "send_receipt",
    ]:
        assert told in story
    assert "carla@example.org" not in story
    shot(page, "user")


def test_the_reasons_for_pro_time_are_told_in_words(page: Page, site: Site) -> None:
    page.goto(site / "admin/accounts/user/?q=ivo@example.org")
    page.locator("#result_list tbody a").first.click()

    expect(page.get_by_role("cell", name="referral bonus", exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_a_users_page_is_no_wider_than_the_screen(
    page: Page, site: Site, paid: Purchase, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})

    page.goto(site / f"admin/accounts/user/{paid.user_id}/change/")

    edges = page.locator("fieldset").evaluate_all(
        "found => found.map(each => each.getBoundingClientRect().right)"
    )
    assert len(edges) == 2
    assert max(edges) <= width


def test_showing_an_address_is_written_into_the_history(
    page: Page, site: Site, shot: Shot, paid: Purchase
) -> None:
    page.goto(site / f"admin/accounts/user/{paid.user_id}/change/")

    press(page, "Show the e-mail address")

    expect(page.get_by_text("carla@example.org")).to_be_visible()
    shot(page, "user-with-address")
    page.goto(site / f"admin/accounts/user/{paid.user_id}/history/")
    expect(page.get_by_text("Was shown the e-mail.").first).to_be_visible()
    shot(page, "user-history")


def test_a_price_that_staff_change_makes_the_version_that_clients_are_asked_for(
    page: Page, site: Site, shot: Shot
) -> None:
    page.goto(site / "admin/billing/plan/")
    shot(page, "plans")
    page.goto(site / "admin/billing/plan/1y-usd-10/change/")
    shot(page, "plan")

    page.locator("[name=price_minor]").fill("5100")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("1y-usd-11 takes the place of 1y-usd-10")).to_be_visible()
    offered = {
        plan["id"]: plan for plan in requests.get(site / "plans", timeout=20).json()["plans"]
    }
    assert offered["1y-usd-11"]["price"] == {"usd": 5100}
    assert "1y-usd-10" not in offered
    page.goto(site / "admin/billing/plan/1y-usd-11/history/")
    expect(page.get_by_text(re.compile("Changed .*rice"))).to_be_visible()
    shot(page, "plan-history")


def test_purchases_are_listed_with_their_state_and_opened(
    page: Page, site: Site, shot: Shot, paid: Purchase
) -> None:
    page.goto(site / "admin/billing/purchase/")
    listed = "\n".join(rows(page)).lower()
    shot(page, "purchases")

    page.goto(site / f"admin/billing/purchase/{paid.pk}/change/")

    assert "paid" in listed
    assert "declined" in listed
    expect(page.get_by_text(str(paid.charge_id)).first).to_be_visible()
    shot(page, "purchase")


def test_a_job_that_was_given_up_is_tried_again(
    page: Page, site: Site, shot: Shot, db_is_read: None
) -> None:
    page.goto(site / "admin/jobs/job/")
    shot(page, "jobs")
    page.get_by_role("link", name="given up").click()
    page.locator("#result_list tbody tr", has_text=UNLUCKY).get_by_role("link").first.click()
    shot(page, "job")
    address = page.url.partition("?")[0]

    press(page, "Try again now")

    expect(page.get_by_text("The job is due now.")).to_be_visible()
    shot(page, "job-tried-again")
    assert page.url == address
    assert Job.objects.get(pk=unquote(address.split("/")[-3])).state == Job.State.PENDING


def test_a_job_that_was_given_up_is_dropped_with_a_reason(
    page: Page, site: Site, shot: Shot, db_is_read: None
) -> None:
    page.goto(site / "admin/jobs/job/?state__exact=dead")
    page.locator("#result_list tbody tr", has_text=HOPELESS).get_by_role("link").first.click()
    page.get_by_role("link", name="Drop this job").click()
    answer = page.get_by_role("button", name="Drop this job")
    expect(answer).to_be_visible()
    shot(page, "job-drop")

    answer.click()
    expect(page.get_by_text("Say why")).to_be_visible()
    shot(page, "job-drop-without-a-reason")
    page.get_by_label("Reason").fill("The table was made anew meanwhile.")
    answer.click()

    expect(page.get_by_text("The job is dropped.")).to_be_visible()
    shot(page, "job-dropped")
    expect(page.get_by_role("link", name="Drop this job")).to_have_count(0)
    assert [job.dropped_because for job in Job.objects.filter(state=Job.State.DROPPED)] == [
        "The table was made anew meanwhile."
    ]


def test_a_button_of_a_dialog_can_be_left_alone(page: Page, site: Site, paid: Purchase) -> None:
    page.goto(site / f"admin/accounts/user/{paid.user_id}/change/")
    page.get_by_role("link", name="Show the e-mail address").click()
    answer = page.get_by_role("button", name="Show the e-mail address")
    expect(answer).to_be_visible()

    page.get_by_role("link", name="Cancel").click()

    expect(answer).to_be_hidden()
    assert "carla@example.org" not in page.locator("#content").inner_text()


def test_in_the_dark_the_table_of_kinds_is_as_dark_as_the_page(
    page: Page, site: Site, shot: Shot
) -> None:
    page.emulate_media(color_scheme="dark")

    page.goto(site / "admin/jobs/job/")

    shot(page, "jobs-dark")
    colours = [
        page.locator(each).evaluate("each => getComputedStyle(each).backgroundColor")
        for each in ("#main", ".by-kind thead")
    ]
    assert colours[0] == colours[1]
    assert colours[0] != "rgb(255, 255, 255)"


def test_proxies_are_listed_with_their_users_and_opened(page: Page, site: Site, shot: Shot) -> None:
    page.goto(site / "admin/proxies/proxy/")
    listed = rows(page)
    shot(page, "proxies")

    page.goto(site / "admin/proxies/proxy/?track__exact=pro")
    page.locator("#result_list tbody a").first.click()

    assert len(listed) == 10
    expect(page.get_by_text("newest users", exact=False).first).to_be_visible()
    shot(page, "proxy")


def test_the_history_tells_what_staff_did(page: Page, site: Site, shot: Shot) -> None:
    page.goto(site / "admin/admin/logentry/")

    expect(page.locator("#content")).to_be_visible()
    shot(page, "history")


def test_the_api_is_described_on_a_page_of_its_own(page: Page, site: Site, shot: Shot) -> None:
    page.goto(site / "api/docs")

    expect(page.get_by_text("/user-create", exact=True)).to_be_visible()
    shot(page, "api")


@pytest.fixture
def paid(site: Site, db_is_read: None) -> Purchase:
    """The purchase of a user of the demo data, Carla."""
    return next(
        each
        for each in Purchase.objects.filter(state="paid")
        if User.objects.get(pk=each.user_id).email == "carla@example.org"
    )
