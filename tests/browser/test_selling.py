"""What staff sell, and look at before they do, in a real browser on a real server."""

import csv
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from billing.managers import reconciliation as kept
from billing.models import Subscription
from lantern_pro import clock
from tests.admin.test_subscription_pages import recorded
from tests.browser.conftest import Shot, Site

END = "End here: Stripe does not know it"

pytestmark = pytest.mark.browser


def test_a_promotion_is_made_and_seen_in_the_preview_and_by_apps(
    page: Page, site: Site, shot: Shot
) -> None:
    page.goto(site / "admin/billing/promotion/add/")
    page.locator("[name=id]").fill("nowruz")
    page.locator("[name=percent]").fill("20")
    page.locator("[name=months]").fill("1")
    page.locator("[name=plans]").fill("2y")
    page.locator("[name=uses_limit]").fill("500")
    shot(page, "promotion-add")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("20% off and 1 month")).to_be_visible()
    shot(page, "promotions")

    page.goto(site / "admin/billing/plan/")
    page.get_by_role("link", name="Preview: what apps are shown").click()
    page.locator("[name=country]").fill("KW")
    page.locator("[name=days_left]").fill("45")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("cell", name="2y-kwd-10-nowruz")).to_be_visible()
    expect(page.get_by_role("cell", name="21.520 KWD")).to_be_visible()
    page.get_by_text("GET /plans-v5").click()
    shot(page, "plans-preview")
    told = requests.get(site / "plans?countrycode=KW", timeout=20).json()["plans"]
    assert told[-1]["price"] == {"kwd": 21_520}


def test_a_wrong_price_is_told_at_its_field(page: Page, site: Site, shot: Shot) -> None:
    page.goto(site / "admin/billing/plan/1y-kwd-10/change/")

    page.locator("[name=price_minor]").fill("14905")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("14900 or 14910")).to_be_visible()
    shot(page, "plan-refused")


def test_codes_are_downloaded_and_the_batch_is_revoked(
    page: Page, site: Site, shot: Shot, tmp_path: Path
) -> None:
    page.goto(site / "admin/billing/resellerbatch/add/")
    page.locator("[name=reseller]").fill("Bazaar of Tabriz")
    page.locator("[name=plan]").select_option("1y-usd-10")
    page.locator("[name=count]").fill("12")
    shot(page, "reseller-codes-add")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the codes and download them").click()
    download.value.save_as(tmp_path / "codes.csv")

    with (tmp_path / "codes.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["code"] for row in rows}) == 12
    page.goto(site / f"admin/billing/resellercode/?q={rows[3]['code']}")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    shot(page, "reseller-code-found")
    page.goto(site / f"admin/billing/resellerbatch/{rows[0]['batch']}/change/")
    shot(page, "reseller-batch")
    page.get_by_role("link", name="Revoke the batch").click()
    page.locator("[name=reason]").fill("the file went to the wrong shop")
    page.get_by_role("button", name="Revoke the batch").click()
    expect(page.get_by_text("The batch is revoked.")).to_be_visible()
    page.goto(site / "admin/billing/resellerbatch/")
    expect(page.get_by_text("0 of 12")).to_be_visible()
    shot(page, "reseller-batches")


@pytest.mark.usefixtures("db_is_read")
def test_what_stripe_does_not_know_is_found_among_drift_and_ended(
    page: Page, site: Site, shot: Shot
) -> None:
    owner, _ = recorded(at_stripe="sub_of_another_account", state="active")
    lost = Subscription.objects.open_of(owner)
    assert lost is not None
    kept.report(
        lost.at_stripe, kind="subscribed-unknown", purchase=lost.pk, fact="x", now=clock.now()
    )

    page.goto(site / "admin/billing/purchase/")
    page.get_by_role("link", name=lost.at_stripe).click()
    shot(page, "drift-subscribed-unknown")
    page.get_by_role("link", name=lost.pk).click()
    page.get_by_role("link", name=END).click()
    page.locator("[name=reason]").fill("made by hand at Stripe, and deleted there")
    shot(page, "subscription-end-here")
    page.get_by_role("button", name=END).click()

    expect(page.get_by_text("its owner may subscribe anew")).to_be_visible()
    expect(page.get_by_text("ended here by staff")).to_be_visible()
    shot(page, "subscription-ended-here")
    page.goto(site / f"admin/accounts/user/{owner}/history/")
    expect(page.get_by_text("made by hand at Stripe, and deleted there")).to_be_visible()
    shot(page, "user-history")
