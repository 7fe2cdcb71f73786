"""``/user-export``: all that is held on a user is told."""

import pytest
from django.conf import settings

from accounts.managers.mails import note_mail_event
from accounts.models import User
from accounts.services.personal import email_hash
from lantern_pro import clock
from lantern_pro.store.audit import all_keys
from lantern_pro.store.privacy import all_holdings
from lantern_pro.types import UserId
from tests.client_app import ClientApp
from tests.reader import DEVICE, EMAIL, NAME, reader

__all__ = ["reader"]

STAFF_ONLY = {
    "auth_user:{pk}": "a member of staff, no user of the service",
}
"""Keys that tell of persons who are no users."""


def test_the_export_tells_the_address_devices_time_payments_and_mails(reader: ClientApp) -> None:
    reader.get("/user-export")

    held = reader.answer["held"]
    assert held["account"]["email"] == EMAIL
    assert held["devices"][0]["id"] == DEVICE
    assert held["devices"][0]["name"] == NAME
    assert {entry["kind"] for entry in held["proTime"]} == {"purchase", "referral_bonus"}
    assert held["purchases"][0]["plan"] == "1y-usd-10"
    assert held["mails"]["sent"][0]["state"] == "sent"
    assert len(held["invitees"]) == 1
    assert held["jobs"]


def test_moments_are_told_in_seconds(reader: ClientApp) -> None:
    reader.post("/recovery-words")
    note_mail_event(digest=email_hash(EMAIL), kind="bounced", at=clock.now(), why="bad-mailbox")

    reader.get("/user-export")

    held, now = reader.answer["held"], reader.answer["made"]
    [notice], [mail] = held["notices"], held["mails"]["sent"]
    for moment in (notice["at"], mail["at"], held["mails"]["standing"]["bounced"]):
        assert now - 60 < moment <= now
    assert held["mails"]["standing"]["complained"] == 0


def test_an_address_that_is_yet_to_be_confirmed_is_told(reader: ClientApp) -> None:
    reader.post("/user-update", email="another@example.org")

    reader.get("/user-export")

    held = reader.answer["held"]
    assert held["account"]["email"] == EMAIL
    assert held["address"] == {"proven": 0, "toBe": "another@example.org"}


def test_the_page_on_privacy_lists_all_that_an_export_tells() -> None:
    page = (settings.BASE_DIR / "docs/privacy.md").read_text(encoding="utf-8")

    assert [each.name for each in all_holdings() if f"`{each.name}`" not in page] == []


def test_the_export_tells_nothing_that_opens_another_door(reader: ClientApp) -> None:
    response = reader.get("/user-export")

    assert reader.token not in response.content.decode()
    assert "sealed" not in response.content.decode()


@pytest.mark.parametrize("path", ["/user-export", "/user-delete"])
def test_a_stranger_is_told_nothing_and_erases_nothing(reader: ClientApp, path: str) -> None:
    stranger = ClientApp(device_id=DEVICE, user_id=reader.user_id, token="another")

    (stranger.get if path == "/user-export" else stranger.post)(path)

    assert stranger.answer["errorId"] == "wrong-credentials"
    assert User.objects.get_account(UserId(reader.user_id)) is not None


def test_every_key_that_tells_of_a_user_is_covered_by_an_export() -> None:
    covered = {pattern for holding in all_holdings() for pattern in holding.patterns}
    of_users = {key.pattern for key in all_keys() if key.personal or "user_id" in key.parts}

    assert of_users - covered - set(STAFF_ONLY) == set()
