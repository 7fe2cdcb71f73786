"""Staff handle the fleet in a real browser: what asks, and what takes a file."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Shot, Site

pytestmark = pytest.mark.browser

LIST = "addr,track,city,country_code\n192.0.2.71:443,free,Oslo,NO\n192.0.2.72:443,pro,Bern,CH\n"


def test_a_list_is_looked_at_imported_and_its_proxy_drained(
    page: Page, site: Site, shot: Shot, tmp_path: Path
) -> None:
    file = tmp_path / "fleet.csv"
    file.write_text(LIST)
    page.goto(site / "admin/proxies/proxy/")
    shot(page, "fleet")

    page.get_by_role("link", name="Import a list").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look what it would do").click()
    expect(page.get_by_text("2 would be added")).to_be_visible()
    shot(page, "import")
    page.get_by_role("button", name="Add 2 proxies").click()
    expect(page.get_by_text("2 proxies were added.")).to_be_visible()

    page.get_by_role("link", name="pro-192.0.2.72").click()
    page.get_by_role("link", name="Change", exact=True).click()
    expect(page.get_by_label("Address")).to_be_in_viewport()
    shot(page, "change-proxy")
    page.get_by_role("button", name="Change").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Change")).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Drain").click()
    page.get_by_label("Reason").fill("the contract ends")
    page.get_by_role("button", name="Drain").click()

    expect(page.get_by_text("Was set to drain.")).to_be_visible()
    expect(page.get_by_text("the contract ends")).to_be_visible()
    shot(page, "proxy-draining")


def test_a_proxy_is_added_by_a_form_that_tells_what_is_wrong(
    page: Page, site: Site, shot: Shot
) -> None:
    page.goto(site / "admin/proxies/proxy/add/")
    page.get_by_label("Address").fill("nonsense")
    page.get_by_role("button", name="Add the proxy").click()
    expect(page.get_by_text("no address of the form host:port")).to_be_visible()
    shot(page, "add-proxy")

    page.get_by_label("Address").fill("192.0.2.73:443")
    page.get_by_role("button", name="Add the proxy").click()

    expect(page.get_by_text("The proxy pro-192.0.2.73 was added.")).to_be_visible()
