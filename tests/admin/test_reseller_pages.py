"""The pages of resellers' codes."""

import csv
import io
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from billing.models import Plan, ResellerBatch, ResellerCode
from billing.services.reseller import Redeemer, redeem_code
from lantern_pro.backoffice.staff import Role
from tests.admin.pages import errors_in, text_of
from tests.admin.test_buttons import browser_of
from tests.people import a_user

BATCHES = "/admin/billing/resellerbatch/"
CODES = "/admin/billing/resellercode/"


@pytest.fixture(autouse=True)
def our_faces(settings: Settings) -> None:
    """The admin as it is served, with a plan on sale."""
    settings.ROOT_URLCONF = "lantern_pro.urls"
    Plan.objects.create(
        id="1y-usd-10", description="One year", months=12, currency="usd", price_minor=4800
    )


def make(client: Client, **changes: Any) -> Any:
    """Send the form."""
    told = {"reseller": "Bazaar", "plan": "1y-usd-10", "count": 3, "expires": ""} | changes
    return client.post(f"{BATCHES}add/", told)


def test_codes_are_made_and_downloaded_once(client: Client) -> None:
    assert "this once" in text_of(client, f"{BATCHES}add/")

    answer = make(client)

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    [batch] = ResellerBatch.objects.all()
    assert len({row["code"] for row in rows}) == 3
    assert batch.pk in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert LogEntry.objects.get().get_change_message() == "Made 3 codes."
    pages = [text_of(client, page) for page in (BATCHES, f"{BATCHES}{batch.pk}/change/", CODES)]
    assert [row["code"] for row in rows for page in pages if row["code"] in page] == []
    assert "0 of 3" in pages[0]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"reseller": ""}, "required"),
        ({"plan": "9y-usd-1"}, "Select a valid choice"),
        ({"count": 20_001}, "less than or equal to 20000"),
        ({"expires": "2020-01-01"}, "This day is over"),
    ],
)
def test_what_would_not_work_is_refused_in_clear_words(
    client: Client, changes: dict[str, Any], word: str
) -> None:
    answer = make(client, **changes)

    assert word in answer.content.decode(), errors_in(answer.content)
    assert ResellerBatch.objects.count() == 0


def test_staff_see_who_redeemed_a_code_and_find_it_by_the_code(client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(make(client).content.decode())))
    user_id = a_user()
    redeem_code(rows[1]["code"], Redeemer(user_id, "device-1"))
    batch = ResellerBatch.objects.get().pk

    by_code = text_of(client, f"{CODES}?q={rows[1]['code'].lower()}")
    by_user = text_of(client, f"{CODES}?q={user_id}")
    of_batch = text_of(client, f"{CODES}?batch={batch}")
    code = ResellerCode.objects.get(user_id=user_id)
    page = text_of(client, f"{CODES}{code.pk}/change/")

    assert [each.count(f"/admin/accounts/user/{user_id}/") for each in (by_code, by_user)] == [1, 1]
    assert of_batch.count("redeemed") > by_code.count("nobody")
    assert of_batch.count("field-serial") == 3
    assert str(user_id) in page
    assert "1 of 3" in text_of(client, f"{BATCHES}{batch}/change/")
    assert User.objects.get().status == "active"


def test_a_batch_is_revoked_with_a_reason_that_stands_in_the_history(client: Client) -> None:
    make(client)
    batch = ResellerBatch.objects.get()

    client.post(f"{BATCHES}{batch.pk}/revoke/", {"reason": "the file was lost"})

    assert ResellerBatch.objects.get().standing == "revoked"
    told = [entry.get_change_message() for entry in LogEntry.objects.all()]
    assert "Revoked: the file was lost" in told
    assert "revoked" in text_of(client, BATCHES)


def test_who_may_only_look_makes_and_revokes_nothing(client: Client) -> None:
    make(client)
    batch = ResellerBatch.objects.get()
    support = browser_of(Role.SUPPORT)
    support.handler.enforce_csrf_checks = False

    made = make(support)
    revoked = support.post(f"{BATCHES}{batch.pk}/revoke/", {"reason": "x"})

    assert (made.status_code, revoked.status_code) == (403, 403)
    assert ResellerBatch.objects.count() == 1
    assert "0 of 3" in text_of(support, BATCHES)
