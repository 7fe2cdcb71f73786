"""The page about one user: who may be shown what, and what is noted of it."""

import json
import re
from dataclasses import replace

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User as Member
from django.test import Client
from pytest_django import Settings

from lantern_pro import clock
from lantern_pro.backoffice.staff import Role, create_staff
from lantern_pro.store.client import text_client
from lantern_pro.support.mails import NAMES
from lantern_pro.types import UserId
from proxies.keys import CLIENT
from proxies.services.caps import set_data_caps
from proxies.services.states import drain_proxy
from tests import fleet
from tests.admin.pages import text_of
from tests.client_app import ClientApp
from tests.letters import LETTERS

MIB = 1 << 20
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


@pytest.fixture
def staff(settings: Settings) -> Client:
    """A browser in which somebody of the support is logged in."""
    settings.ROOT_URLCONF = "lantern_pro.urls"
    create_staff(username="karl", email="", role=Role.SUPPORT, password=None)
    browser = Client()
    browser.force_login(Member.objects.get())
    return browser


def page_of(staff: Client, app: ClientApp) -> str:
    """The words of a user's page, one space between them."""
    shown = text_of(staff, f"/admin/accounts/user/{app.user_id}/change/")
    return " ".join(re.sub(r"<[^>]*>", " ", shown).split())


def test_what_there_is_none_of_is_told_in_words(staff: Client) -> None:
    page = page_of(staff, ClientApp().sign_up())

    assert "Pro until never" in page
    assert "E-mail none" in page
    assert "Invited by nobody" in page
    assert "The address none was told" in page
    assert "None: only a device of the account can let another one in." in page


def test_the_ways_by_which_an_owner_gets_back_in_are_shown(
    staff: Client, settings: Settings
) -> None:
    app = ClientApp()
    app.post("/user-create", recoveryWords="true")
    app.user_id, app.token = app.answer["userId"], app.answer["token"]
    app.post("/user-update", email="reader@example.org")

    both = page_of(staff, app)
    settings.RECOVERY_WAYS = ["mail"]
    mail = page_of(staff, app)

    assert "a code by mail address never confirmed the twelve recovery words made 20" in both
    assert "The address never confirmed by a code; takes mails, as far as is known" in both
    assert "a code by mail" in mail
    assert "the twelve recovery words" not in mail


def test_a_device_that_was_taken_off_is_still_shown(staff: Client) -> None:
    app = ClientApp().sign_up()
    replace(app, device_id="device-old").post("/device-add", deviceName="Old phone")
    app.post("/user-link-remove", deviceID="device-old")

    page = page_of(staff, app)

    assert re.search(r"device-old - - 20\d\d-", page)
    assert "Old phone" not in page


def test_a_job_that_waits_is_shown_in_words_with_when_it_is_due(staff: Client) -> None:
    app = ClientApp().sign_up()
    app.post("/user-update", email="reader@example.org")

    page = page_of(staff, app)

    assert re.search(r"mail_address_code waiting 20\d\d-\d\d-\d\d \d\d:\d\d 0 -", page)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?q=nobody%40example.org", "No user fits what you looked for."),
        ("?q=nobody%40example.org", "What can be looked for: Id, e-mail, charge, referral."),
        ("?status=active", "No user fits the filters."),
        ("", "There are no users."),
    ],
)
def test_an_empty_list_says_why_it_is_empty(staff: Client, query: str, words: str) -> None:
    assert words in text_of(staff, f"/admin/accounts/user/{query}")


def test_each_letter_has_a_name_for_staff() -> None:
    assert set(NAMES) == set(LETTERS)


def _pro_user() -> UserId:
    user_id = UserId(ClientApp().sign_up().user_id)
    fleet.set_expiration(user_id, clock.now() + fleet.DAY_MS)
    return user_id


@pytest.fixture
def at_work(settings: Settings) -> Client:
    """The browser of somebody who may act."""
    settings.ROOT_URLCONF = "lantern_pro.urls"
    create_staff(username="olga", email="", role=Role.OPERATOR, password=None)
    browser = Client()
    browser.force_login(Member.objects.get())
    return browser


def test_a_user_is_moved_from_one_proxy_to_another_and_that_counts(at_work: Client) -> None:
    leave = fleet.pro_proxy(city="Oslo")
    user_id = _pro_user()
    fleet.assigned(user_id)
    gain, other = fleet.pro_proxy(city="Bern"), fleet.pro_proxy(city="Riga", capacity=1)
    [named, full] = fleet.records([gain, other])
    page = f"/admin/accounts/user/{user_id}/"
    told = {"leave": leave, "gain": named.name, "reason": "slow there"}

    asked = text_of(at_work, f"{page}move/")
    unknown = at_work.post(f"{page}move/", {**told, "gain": "nowhere"})
    at_work.post(f"{page}move/", told)

    assert named.name in asked
    assert full.name in asked
    assert "0 of " in asked
    assert "There is no proxy" in unknown.content.decode()
    assert fleet.proxies_of(user_id) == {gain}
    assert "1 of " in text_of(at_work, f"{page}change/")
    [entry] = LogEntry.objects.all()
    assert entry.get_change_message().endswith(f"to {named.name}: slow there")


def test_a_move_to_where_no_room_is_says_so_and_changes_nothing(at_work: Client) -> None:
    leave, full = fleet.pro_proxy(city="Oslo"), fleet.pro_proxy(city="Bern", capacity=1)
    [named] = fleet.records([full])
    drain_proxy(full)
    user_id = _pro_user()
    fleet.assigned(user_id)

    told = at_work.post(
        f"/admin/accounts/user/{user_id}/move/",
        {"leave": leave, "gain": named.name, "reason": "slow"},
        follow=True,
    )

    assert "cannot be moved there" in told.content.decode()
    assert fleet.proxies_of(user_id) == {leave}
    assert not LogEntry.objects.exists()


def test_what_a_device_has_used_stands_beside_the_caps_of_its_country(at_work: Client) -> None:
    app = ClientApp().sign_up()
    name = CLIENT(device_id=app.device_id)
    cap = {"label": "usual", "threshold": 500 * MIB, "rate": 16_384, "capResets": "monthly"}
    small = {**cap, "label": "small", "threshold": 100 * MIB}
    set_data_caps(json.dumps({"default": {"default": [cap]}, "cn": {"android": [small]}}))
    page = f"/admin/accounts/user/{app.user_id}/change/"
    nothing = text_of(at_work, page)

    text_client().hset(name, mapping={"bytesIn": 50 * MIB, "bytesOut": 200 * MIB})
    anywhere = text_of(at_work, page)
    text_client().hset(name, "countryCode", "cn")
    there = text_of(at_work, page)

    assert "Nothing is counted" in nothing
    assert "50.0 MiB" in anywhere
    assert "usual: 500 MiB monthly, 50 % used" in anywhere
    assert "small on android: 100 MiB monthly, slowed down" in there
