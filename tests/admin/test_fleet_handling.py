"""Staff handle the fleet: buttons, a form for one proxy, a page for a list."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lantern_pro.backoffice.staff import Role
from lantern_pro.store.keys import cell_of
from lantern_pro.types import ProxyId
from proxies.changes import history_of
from proxies.models import Proxy
from proxies.records import ProxyRecord, State
from proxies.services.states import drain_proxy, retire_proxy
from tests import beats, fleet
from tests.admin.pages import text_of
from tests.admin.test_buttons import browser_of

LIST = "name,addr,track\npro-1,192.0.2.1:443,pro\npro-2,192.0.2.2:443,pro\n"
ADD = "/admin/proxies/proxy/add/"
IMPORT = "/admin/proxies/proxy/import/"
FORM = {"addr": "192.0.2.7:443", "track": "pro", "capacity": "20", "state": "active"}


@pytest.fixture(autouse=True)
def _whole_site(settings: Any) -> None:
    settings.ROOT_URLCONF = "lantern_pro.urls"


def _page(proxy_id: ProxyId) -> str:
    return f"/admin/proxies/proxy/{proxy_id}/"


def _record(proxy_id: ProxyId) -> ProxyRecord:
    [record] = Proxy.objects.records([proxy_id])
    return record


def _histories() -> list[str]:
    return [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]


def test_a_proxy_is_drained_activated_and_retired_by_buttons(client: Client) -> None:
    proxy_id = fleet.pro_proxy()

    client.post(f"{_page(proxy_id)}drain/", {"reason": "the contract ends"})
    drained = _record(proxy_id).state
    client.post(f"{_page(proxy_id)}activate/", {"reason": ""})
    back = _record(proxy_id).state
    client.post(f"{_page(proxy_id)}retire/", {"reason": "seized"})

    assert (drained, back) == (State.DRAINING, State.ACTIVE)
    assert _record(proxy_id).state is State.RETIRED
    assert _histories() == [
        "Was set to drain: the contract ends",
        "Was activated.",
        "Was retired: seized",
    ]
    assert history_of(proxy_id)[0].why == "seized"


def test_who_retires_a_proxy_says_why(client: Client) -> None:
    proxy_id = fleet.pro_proxy()

    asked = client.post(f"{_page(proxy_id)}retire/", {"reason": ""})

    assert "Say why" in asked.content.decode()
    assert _record(proxy_id).state is State.ACTIVE


def test_a_proxy_is_blocked_and_unblocked_by_buttons(client: Client) -> None:
    proxy_id = fleet.free_proxy()

    client.post(f"{_page(proxy_id)}block/", {"countries": "cn, IR", "reason": "reports"})
    blocked = _record(proxy_id).blocked_countries
    client.post(f"{_page(proxy_id)}unblock/", {"countries": "IR"})

    assert blocked == ("CN", "IR")
    assert _record(proxy_id).blocked_countries == ("CN",)
    assert _histories() == ["Was blocked in CN, IR: reports", "Was unblocked in IR."]


@pytest.mark.parametrize("countries", ["", "China", "1A"])
def test_what_is_no_country_is_told_in_the_question(client: Client, countries: str) -> None:
    proxy_id = fleet.free_proxy()

    asked = client.post(f"{_page(proxy_id)}block/", {"countries": countries})

    assert asked.status_code == 200
    assert _record(proxy_id).blocked_countries == ()


def test_only_the_buttons_that_mean_something_are_shown(client: Client) -> None:
    active, draining, retired = fleet.pro_proxy(), fleet.pro_proxy(), fleet.pro_proxy()
    drain_proxy(draining)
    retire_proxy(retired)

    shown = {each: text_of(client, f"{_page(each)}change/") for each in (active, draining, retired)}

    assert "Drain" in shown[active]
    assert "Activate" not in shown[active]
    assert "Blocked no longer" not in shown[active]
    assert "Activate" in shown[draining]
    assert "Retire for good" in shown[draining]
    for label in ("Activate", "Drain", "Retire for good", "Blocked in …", "Show the secret"):
        assert label not in shown[retired]


def test_what_is_not_possible_any_more_is_told_and_not_recorded(client: Client) -> None:
    proxy_id = fleet.pro_proxy()
    retire_proxy(proxy_id)

    pressed = client.post(f"{_page(proxy_id)}activate/", {"reason": ""}, follow=True)

    assert "The proxy is retired" in pressed.content.decode()
    assert _histories() == []


def test_the_users_of_a_proxy_are_moved_off_by_a_button(client: Client) -> None:
    proxy_id, user_id = fleet.pro_proxy(), fleet.pro_user()
    fleet.assigned(user_id)
    others = {fleet.pro_proxy(city="Bern"), fleet.pro_proxy(city="Rome")}
    fleet.run_jobs()

    client.post(f"{_page(proxy_id)}move-off/")
    fleet.run_jobs()

    assert fleet.proxies_of(user_id) == others
    assert _histories() == ["Its users were to be moved off."]


def test_the_secret_is_shown_to_who_asks_and_that_stands_in_the_history(client: Client) -> None:
    proxy_id = fleet.pro_proxy()

    shown = client.post(f"{_page(proxy_id)}reveal-secret/", follow=True)

    assert fleet.secret(proxy_id) in shown.content.decode()
    assert _histories() == ["Secret was shown."]


def test_a_proxys_page_tells_its_load_heartbeat_version_and_history(client: Client) -> None:
    proxy_id = fleet.pro_proxy(provider="Host & Co")
    fleet.assigned(fleet.pro_user())
    beats.beat(proxy_id, connections=17, software="http-proxy/2.1", admissions=0)
    beats.look()

    page = text_of(client, f"{_page(proxy_id)}change/")

    for words in ("1 of 10", "17", "http-proxy/2.1", "1 changes behind", "added, active"):
        assert words in page


def test_the_list_counts_and_narrows_down(client: Client) -> None:
    fleet.pro_proxy(provider="Host & Co")
    fleet.free_proxy(provider="Other")
    drain_proxy(fleet.pro_proxy(provider="Other"))

    whole = text_of(client, "/admin/proxies/proxy/")
    narrowed = client.get("/admin/proxies/proxy/?provider=Other&state__exact=draining&country=XX")
    nothing = client.get("/admin/proxies/proxy/?health__exact=down")

    assert "Host &amp; Co" in whole
    assert 'href="?state__exact=draining"' in whole
    assert "nobody waits" in whole
    assert narrowed.context["cl"].result_count == 1
    assert nothing.context["cl"].result_count == 0


def test_a_proxy_is_added_by_a_form(client: Client) -> None:
    empty = text_of(client, ADD)
    done = client.post(ADD, {**FORM, "transport_settings": '{"a": "b"}', "labels": "x y"})

    [proxy] = Proxy.objects.all()
    assert "Where clients reach it" in empty
    assert done["Location"] == f"{_page(proxy.proxy_id)}change/"
    assert (proxy.name, proxy.capacity, proxy.labels) == ("pro-192.0.2.7", 20, ["x", "y"])
    assert _histories() == ["Was added."]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"addr": ""}, "it is missing"),
        ({"addr": "nonsense"}, "no address of the form"),
        ({"capacity": "0"}, "The capacity"),
        ({"capacity": "many"}, "no whole number"),
        ({"country_code": "NLD"}, "no country code"),
        ({"latitude": "100"}, "no latitude"),
        ({"transport_settings": "x"}, "to be a map"),
        ({"state": "retired"}, "retired is not one of the available choices"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    client: Client, wrong: dict[str, str], words: str
) -> None:
    told = client.post(ADD, {**FORM, **wrong})

    assert told.status_code == 200
    assert words in told.content.decode()
    assert Proxy.objects.count() == 0


def test_a_name_that_is_taken_is_told(client: Client) -> None:
    client.post(ADD, FORM)

    told = client.post(ADD, {**FORM, "capacity": "30"})

    assert "its capacity differ" in told.content.decode()
    assert Proxy.objects.count() == 1


def test_a_list_is_looked_at_and_then_imported(client: Client) -> None:
    file = SimpleUploadedFile("fleet.csv", LIST.encode())

    looked = client.post(IMPORT, {"file": file, "step": "look"})
    before = Proxy.objects.count()
    done = client.post(IMPORT, {"text": LIST, "written": "csv", "step": "import"}, follow=True)

    assert "2 would be added" in looked.content.decode()
    assert "pro-2,192.0.2.2:443" in looked.content.decode()
    assert before == 0
    assert "2 proxies were added" in done.content.decode()
    assert Proxy.objects.count() == 2
    assert _histories() == ["Was added.", "Was added."]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"text": LIST + "pro-3,nonsense,pro\n", "written": "csv"}, "no address of the form"),
        ({"text": "", "written": "csv"}, "Choose a file"),
        ({"text": LIST, "written": ""}, "Say how the list is written"),
        ({"text": "[", "written": "json"}, "no JSON"),
        ({"file": SimpleUploadedFile("a.csv", b"\xff\xfe")}, "no text in UTF-8"),
        ({"file": SimpleUploadedFile("a.csv", b"x" * 2_000_001)}, "larger than"),
        (
            {"text": "addr\n" + "".join(f"h{n}:1\n" for n in range(501)), "written": "csv"},
            "More than 500",
        ),
    ],
)
def test_a_list_that_is_wrong_adds_nothing(
    client: Client, told: dict[str, Any], words: str
) -> None:
    answer = client.post(IMPORT, {**told, "step": "import"})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert Proxy.objects.count() == 0


def test_who_only_looks_adds_nothing_and_presses_nothing() -> None:
    browser = browser_of(Role.SUPPORT)
    proxy_id = fleet.pro_proxy()

    refused = [browser.get(ADD), browser.get(IMPORT), browser.get(f"{_page(proxy_id)}retire/")]
    page = text_of(browser, f"{_page(proxy_id)}change/")
    whole = text_of(browser, "/admin/proxies/proxy/")

    assert [each.status_code for each in refused] == [403, 403, 403]
    assert "Retire" not in page
    assert "Import a list" not in whole


def test_who_runs_the_service_may() -> None:
    browser = browser_of(Role.OPERATOR)

    assert "Add the proxy" in text_of(browser, ADD)
    assert "Import a list" in text_of(browser, "/admin/proxies/proxy/")


def test_where_there_are_several_cells_the_forms_ask_which(client: Client, settings: Any) -> None:
    settings.CELLS = 2

    one = client.post(ADD, {**FORM, "cell": "1"})
    looked = client.post(IMPORT, {"text": LIST, "written": "csv", "cell": "1", "step": "look"})
    done = client.post(IMPORT, {"text": LIST, "written": "csv", "cell": "1", "step": "import"})
    wrong = client.post(ADD, {**FORM, "cell": "2"})

    assert (one.status_code, done.status_code, wrong.status_code) == (302, 302, 200)
    assert '<option value="1" selected' in looked.content.decode()
    assert {cell_of(each.proxy_id) for each in Proxy.objects.all()} == {1}
    assert Proxy.objects.count() == 3
