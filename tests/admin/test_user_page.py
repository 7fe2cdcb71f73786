"""The page about one user: who may be shown what, and what is noted of it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User as Member
from django.test import Client
from pytest_django import Settings

from lantern_pro.backoffice.staff import Role, create_staff
from tests.admin.pages import text_of
from tests.client_app import ClientApp

ADDRESS = "/admin/accounts/user/{user_id}/reveal-email/"


@pytest.fixture
def address(settings: Settings) -> str:
    """Where a button shows the e-mail address of somebody who signed up."""
    settings.ROOT_URLCONF = "lantern_pro.urls"
    return ADDRESS.format(user_id=ClientApp().sign_up().user_id)


def test_support_is_shown_an_address_and_that_stands_in_the_history(address: str) -> None:
    create_staff(username="karl", email="", role=Role.SUPPORT, password=None)
    browser = Client()
    browser.force_login(Member.objects.get())

    shown = browser.post(address, follow=True)

    assert "There is no e-mail address" in shown.content.decode()
    assert "Was shown the e-mail." in text_of(browser, "/admin/admin/logentry/")


def test_asking_for_an_address_shows_none_yet(address: str) -> None:
    create_staff(username="karl", email="", role=Role.SUPPORT, password=None)
    browser = Client()
    browser.force_login(Member.objects.get())

    asked = browser.get(address)

    assert "the history will say that you saw it" in asked.content.decode()
    assert not LogEntry.objects.exists()


def test_support_looks_and_does_not_let_mails_out_again(address: str) -> None:
    create_staff(username="karl", email="", role=Role.SUPPORT, password=None)
    browser = Client()
    browser.force_login(Member.objects.get())

    refused = browser.post(address.replace("reveal-email", "write-again"))

    assert refused.status_code == 403
    assert not LogEntry.objects.exists()


def test_who_may_not_see_users_is_shown_no_address(address: str) -> None:
    browser = Client()
    browser.force_login(Member.objects.create_user("karl", is_staff=True))

    refused = browser.post(address)

    assert refused.status_code == 403
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("nobody", ["7", "nonsense"])
def test_there_is_no_address_of_somebody_who_is_not_there(client: Client, nobody: str) -> None:
    answer = client.post(ADDRESS.format(user_id=nobody))

    assert answer.status_code == 404
