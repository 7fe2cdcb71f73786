"""The buttons on records' pages, by the one that tries a job again."""

from typing import Any, Final

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User as Member
from django.test import Client
from pytest_django import Settings

from lantern_pro.backoffice.staff import Role, create_staff
from lantern_pro.jobs.models import Job
from tests.admin.jobs import a_dead_job, run
from tests.admin.pages import text_of

LABEL: Final = "Try again now"


@pytest.fixture(autouse=True)
def our_faces(settings: Settings) -> None:
    """The admin as it is served, with what it answers for a page that is not there."""
    settings.ROOT_URLCONF = "lantern_pro.urls"


@pytest.fixture
def page() -> str:
    """The page of a job that was given up."""
    return f"/admin/jobs/job/{a_dead_job()}/"


@pytest.fixture
def support() -> Client:
    """A browser of somebody who may look."""
    return browser_of(Role.SUPPORT)


@pytest.fixture
def operator() -> Client:
    """A browser of somebody who may act."""
    return browser_of(Role.OPERATOR)


def browser_of(role: Role) -> Client:
    """A browser in which a member of staff with this role is logged in."""
    create_staff(username="karl", email="", role=role, password=None)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(Member.objects.get(username="karl"))
    return browser


def press(browser: Client, address: str, **headers: str) -> Any:
    """Open a page with a form, for its token, and send the button's form with it."""
    browser.get("/admin/password_change/")
    token = browser.cookies["csrftoken"].value
    return browser.post(address, {"csrfmiddlewaretoken": token}, headers=headers)


def state() -> str:
    """Where the job is."""
    return Job.objects.get().state


def test_who_may_not_act_is_not_shown_the_button_and_cannot_press_it(
    support: Client, page: str
) -> None:
    shown = text_of(support, f"{page}change/")
    asked = support.get(f"{page}retry-now/")

    assert LABEL not in shown
    assert asked.status_code == 403
    assert press(support, f"{page}retry-now/").status_code == 403
    assert state() == Job.State.DEAD


def test_an_operator_presses_it_and_that_stands_in_the_history(operator: Client, page: str) -> None:
    assert LABEL in text_of(operator, f"{page}change/")

    done = press(operator, f"{page}retry-now/")

    assert done.status_code == 302
    assert done["Location"] == f"{page}change/"
    assert state() == Job.State.PENDING
    assert "The job is due now." in text_of(operator, f"{page}change/")
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.get_change_message()) == ("karl", "Was tried again.")


def test_in_a_dialog_the_answer_leads_back_by_the_header_that_its_script_follows(
    operator: Client, page: str
) -> None:
    done = press(operator, f"{page}retry-now/", **{"HX-Request": "true"})

    assert (done.status_code, done["HX-Redirect"]) == (200, f"{page}change/")
    assert state() == Job.State.PENDING


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "dialog"])
def test_looking_at_the_question_does_nothing(
    operator: Client, page: str, headers: dict[str, str]
) -> None:
    asked = operator.get(f"{page}retry-now/", headers=headers)

    assert 'id="dialog"' in asked.content.decode()
    assert state() == Job.State.DEAD
    assert not LogEntry.objects.exists()


def test_what_another_site_makes_a_browser_send_is_refused(operator: Client, page: str) -> None:
    refused = operator.post(f"{page}retry-now/")

    assert refused.status_code == 403
    assert state() == Job.State.DEAD


def test_where_nothing_is_done_nothing_is_recorded(operator: Client, page: str) -> None:
    press(operator, f"{page}retry-now/")
    run()

    press(operator, f"{page}retry-now/")

    assert "nothing was changed" in text_of(operator, f"{page}change/")
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("nobody", ["c0.greet.nobody", "nonsense"])
def test_there_is_no_button_of_a_record_that_is_not_there(operator: Client, nobody: str) -> None:
    asked = operator.get(f"/admin/jobs/job/{nobody}/retry-now/")

    assert asked.status_code == 404


def test_who_may_not_act_learns_nothing_of_what_is_there(support: Client) -> None:
    asked = support.get("/admin/jobs/job/c0.greet.nobody/retry-now/")

    assert asked.status_code == 403
