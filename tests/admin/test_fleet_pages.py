"""The fleet as staff look at it."""

import pytest
from django.test import Client

from tests import fleet


@pytest.fixture(autouse=True)
def _whole_site(settings: object) -> None:
    settings.ROOT_URLCONF = "lantern_pro.urls_admin"  # type: ignore[attr-defined]


def test_staff_find_a_proxy_by_state_track_and_name(client: Client) -> None:
    fleet.pro_proxy()
    fleet.free_proxy()

    filtered = client.get("/admin/proxies/proxy/?state__exact=active&track__exact=pro&q=fallback")

    assert filtered.status_code == 200
    assert filtered.context["cl"].result_count == 1


def test_a_proxy_shows_its_users_and_none_of_its_secrets(client: Client) -> None:
    proxy_id, user_id = fleet.pro_proxy(), fleet.pro_user()
    fleet.assigned(user_id)

    page = client.get(f"/admin/proxies/proxy/{proxy_id}/change/").content.decode()

    assert str(user_id) in page
    assert "1 of 10" in page
    assert fleet.secret(proxy_id) not in page


def test_nobody_changes_a_proxy_by_a_form(client: Client) -> None:
    proxy_id = fleet.pro_proxy()

    refused = client.post(f"/admin/proxies/proxy/{proxy_id}/change/", {"capacity": "999"})

    assert refused.status_code == 403
