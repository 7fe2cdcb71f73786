"""The pages of what does not agree with Stripe, and how staff dismiss what they know of."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from billing.drift import Drift
from billing.managers import reconciliation as kept
from lantern_pro.backoffice.staff import Role, create_staff
from lantern_pro.types import Millis
from tests.admin.pages import text_of

PAGES = "/admin/billing/drift/"
PURCHASES = "/admin/billing/purchase/"
NOW = Millis(1_764_000_000_000)


@pytest.fixture(autouse=True)
def our_faces(settings: Settings) -> None:
    """The admin as it is served."""
    settings.ROOT_URLCONF = "lantern_pro.urls"


@pytest.fixture(autouse=True)
def _paid_twice(our_faces: None, client: Client) -> None:
    """A second payment of a purchase."""
    del our_faces, client
    kept.report("ch_7", kind="paid-twice", purchase="c0.1.x", fact="paid-twice|4800", now=NOW)


def press(browser: Client, **asked: str) -> int:
    """Press the button of the drift's page; the status of the answer."""
    page = Drift.objects.get()
    return browser.post(f"{PAGES}{page.pk}/dismiss/", asked).status_code


def test_drift_is_found_from_the_purchases_and_says_what_is_wrong(client: Client) -> None:
    above, page = text_of(client, PURCHASES), text_of(client, f"{PAGES}c0.ch_7/change/")

    assert f"{PAGES}{quote('c0.ch_7')}/change/" in above
    for words in ("ch_7", "a second payment of one purchase", "c0.1.x"):
        assert words in page
        assert words in text_of(client, PAGES)


def test_what_is_dismissed_is_told_with_who_did_it_and_why(client: Client) -> None:
    assert press(client, reason="the buyer wanted two") == 302

    assert "the buyer wanted two" in text_of(client, f"{PAGES}c0.ch_7/change/")
    [entry] = LogEntry.objects.all()
    assert entry.user.get_username() == "rosa"
    assert entry.get_change_message() == "Dismissed as paid-twice: the buyer wanted two"
    above = text_of(client, PURCHASES)
    assert "everything agrees" in above
    assert "1 dismissed" in above


def test_nothing_is_dismissed_without_a_reason_or_twice(client: Client) -> None:
    assert press(client) == 200
    open_ones = len(kept.drift())
    press(client, reason="first")
    press(client, reason="second")

    assert open_ones == 1
    assert [each.reason for each in kept.dismissed()] == ["first"]
    assert LogEntry.objects.count() == 1


def test_who_may_only_look_dismisses_nothing(client: Client) -> None:
    create_staff(username="karl", email="", role=Role.SUPPORT, password=None)
    browser = Client()
    browser.force_login(User.objects.get(username="karl"))

    assert press(browser, reason="no matter") == 403
    assert len(kept.drift()) == 1
    assert "ch_7" in text_of(browser, PAGES)
