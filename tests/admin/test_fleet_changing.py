"""Staff change what a proxy is: by a button, and by a list."""

from typing import Any

import pytest
from django.test import Client

from proxies.models import Proxy
from proxies.services.states import retire_proxy
from tests import fleet
from tests.admin.pages import text_of
from tests.admin.test_fleet_handling import IMPORT, LIST, _histories, _page, _record


@pytest.fixture(autouse=True)
def _whole_site(settings: Any) -> None:
    settings.ROOT_URLCONF = "lantern_pro.urls"


def test_a_proxy_is_changed_by_a_button_that_begins_with_what_is_there(client: Client) -> None:
    proxy_id = fleet.pro_proxy(capacity=10, city="Oslo", code="NO")
    address = f"{_page(proxy_id)}alter/"
    asked = client.get(address).content.decode()
    told = {"addr": "192.0.2.9:443", "capacity": "20", "city": "Bern", "country_code": "CH"}

    refused = client.post(address, {**told, "capacity": "many"})
    client.post(address, {**told, "reason": "it moved"})

    after = _record(proxy_id)
    assert 'value="Oslo"' in asked
    assert after.auth_token not in asked
    assert "no whole number" in refused.content.decode()
    assert (after.addr, after.capacity, after.place.city) == ("192.0.2.9:443", 20, "Bern")
    assert after.track.value == "pro"
    [entry] = _histories()
    assert "capacity 10 to 20" in entry
    assert "city Oslo to Bern" in entry
    assert entry.endswith("it moved")


def test_a_retired_proxy_has_no_such_button_and_is_not_changed(client: Client) -> None:
    proxy_id = fleet.pro_proxy()
    retire_proxy(proxy_id)

    page = text_of(client, f"{_page(proxy_id)}change/")
    told = client.post(f"{_page(proxy_id)}alter/", {"addr": "192.0.2.9:443", "capacity": "20"})

    assert "/alter/" not in page
    assert "retired" in told.content.decode()
    assert _histories() == []


def test_a_list_changes_proxies_where_staff_say_so(client: Client) -> None:
    client.post(IMPORT, {"text": LIST, "written": "csv", "step": "import"})
    text = LIST.replace("192.0.2.2", "192.0.2.9")

    refused = client.post(IMPORT, {"text": text, "written": "csv", "step": "look"})
    asked = {"text": text, "written": "csv", "differing": "changed"}
    looked = client.post(IMPORT, {**asked, "step": "look"})
    client.post(IMPORT, {**asked, "step": "import"})

    assert "its addr differ" in refused.content.decode()
    assert "addr 192.0.2.2:443 to 192.0.2.9:443" in looked.content.decode()
    assert Proxy.objects.get(name="pro-2").addr == "192.0.2.9:443"
    assert _histories()[-1] == "Was changed: addr 192.0.2.2:443 to 192.0.2.9:443: by a list"
