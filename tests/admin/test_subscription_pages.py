"""The pages of subscriptions, which staff look at."""

import pytest
from django.test import Client
from pytest_django import Settings

from billing.managers.subscriptions import NO_LOANS
from billing.models import Subscription
from lantern_pro.types import Millis, SubscriptionId, UserId
from tests.admin.pages import text_of
from tests.people import a_user

PAGES = "/admin/billing/subscription/"
NOW = Millis(1_764_000_000_000)


@pytest.fixture(autouse=True)
def our_faces(settings: Settings) -> None:
    """The admin as it is served."""
    settings.ROOT_URLCONF = "lantern_pro.urls"


def recorded(**more: str) -> tuple[UserId, SubscriptionId]:
    """A user, and their subscription as it was recorded."""
    owner = a_user()
    made = Subscription.objects.begin(
        subscription_id=SubscriptionId(f"c0.{owner}.s1"),
        user_id=owner,
        now=NOW,
        check_at=NOW,
        intent={"plan": "1m-usd-10", "amount_minor": "500", "currency": "usd", "way": ""},
        follow=[],
    )
    told = {"state": "past_due", "at_stripe": "sub_7", "customer": "cus_7", "check_at": str(NOW)}
    Subscription.objects.record(
        subscription_id=made,
        user_id=owner,
        asked_at=NOW,
        told={**told, **more},
        words="past_due",
        loans=NO_LOANS,
        fence=None,
        follow=[],
    )
    return owner, made


def test_a_subscription_is_shown_with_its_state_and_its_ids_at_stripe(client: Client) -> None:
    owner, made = recorded()

    users_page = text_of(client, f"/admin/accounts/user/{owner}/change/")
    listed, shown = text_of(client, PAGES), text_of(client, f"{PAGES}{made}/change/")

    assert "no dispute has changed it" in shown
    assert "renewal not paid" in listed
    assert "renewal not paid" in users_page
    for words in ("sub_7", "cus_7", "5.00 USD", "1m-usd-10", str(owner)):
        assert words in shown


def test_staff_see_what_a_dispute_has_made_of_a_subscription(client: Client) -> None:
    _, stopped = recorded(state="ending", stopped_by="dispute.7", stopped_at="7")
    _, ended = recorded(state="ended", stopped_by="dispute.lost", check_at="")

    assert "stopped by a dispute" in text_of(client, f"{PAGES}{stopped}/change/")
    assert "ended by a dispute" in text_of(client, f"{PAGES}{ended}/change/")
