"""A real pro-server with demo data, and a real browser that looks at it.

``SCREENSHOTS=<folder>`` keeps a picture of each page.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from billing.gateways.stripe_client import client as stripe_client
from devstack.redis_server import free_port
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs import ledger
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell
from tests.house.tree import ROOT
from tests.leasing import take
from tests.processes import answers, eventually, process

LOGIN: Final = "rosa"
PASSWORD: Final = "quite a long pass phrase"
VIEWPORT: Final = ViewportSize(width=1440, height=1000)
FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
UNLUCKY: Final = "unlucky: nobody answered"
HOPELESS: Final = "hopeless: nothing is there to be done"
PATIENCE_MS: Final = 20_000
LEFT_BEHIND: Final = "net::ERR_ABORTED"

Shot = Callable[[Page, str], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each module's tests run in one process: a site of its own takes ten seconds to begin."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@dataclass(frozen=True, slots=True)
class Site:
    """Where the server under test answers."""

    url: str

    def __truediv__(self, path: str) -> str:
        """Name a page of it."""
        return f"{self.url}/{path}"


def manage(*arguments: str, stdin: str = "", **environment: str) -> None:
    """Run one of the operators' commands as an operator does."""
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "lantern_pro.settings", **environment},
        input=stdin,
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def stripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeStandin]:
    """A Stripe for the demo data's purchases."""
    standin = StripeStandin(tmp_path_factory.mktemp("stripe"))
    standin.start()
    yield standin
    standin.stop()


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
    stripe: StripeStandin,
) -> Iterator[Site]:
    """Serve the demo data as in production: granian, and static files from a folder."""
    static = tmp_path_factory.mktemp("static")
    text_client().flushall()
    with django_db_blocker.unblock():
        manage("seed_demo", STRIPE_API_BASE=stripe.url)
        create_staff()
        manage("collectstatic", "--noinput", "--verbosity=0", LANTERN_STATIC_DIR=str(static))
        with override_settings(STRIPE_API_BASE=stripe.url, MANDRILL_API_BASE=nowhere()):
            stripe_client.cache_clear()
            run_jobs_but_two()
        stripe_client.cache_clear()
        port = free_port()
        place = Site(f"http://127.0.0.1:{port}")
        with process(
            "granian",
            *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"),
            *("--static-path-route", "/static", "--static-path-mount", str(static)),
            *("--log-level", "warning", "--blocking-threads", "4"),
            "lantern_pro.wsgi:application",
            environment={"STRIPE_API_BASE": stripe.url},
        ):
            eventually(lambda: answers(place.url))
            yield place
    text_client().flushall()


def create_staff() -> None:
    """Make the member of staff who looks at the pages."""
    manage(
        *("create_staff", "--username", LOGIN, "--email", "rosa@example.org"),
        *("--role", "admin", "--password-stdin"),
        stdin=f"{PASSWORD}\n",
    )


def run_jobs_but_two() -> None:
    """Run what is due; two jobs are given up, and the mails wait for a service that is away."""
    unlucky, hopeless = take(Cell(0), most=2)
    ledger.hand_back(unlucky.fence, reason=UNLUCKY, verdict="bury")
    ledger.hand_back(hopeless.fence, reason=HOPELESS, verdict="bury")
    drain(Cell(0))


def nowhere() -> str:
    """An address at which nobody answers."""
    return f"http://127.0.0.1:{free_port()}/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The chromium of this machine."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI=true, and there is no chromium")
        pytest.skip("no chromium on this machine: install Debian's package chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    """A page of somebody who has not logged in; what breaks on it fails the test."""
    yield from watched(browser.new_context(viewport=VIEWPORT))


@pytest.fixture
def page(browser: Browser, site: Site, session: Path) -> Iterator[Page]:
    """A page of somebody who has logged in; what breaks on it fails the test."""
    yield from watched(browser.new_context(viewport=VIEWPORT, storage_state=session))


@pytest.fixture(scope="module")
def session(browser: Browser, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of somebody who has logged in."""
    kept = tmp_path_factory.mktemp("session") / "state.json"
    context = browser.new_context(viewport=VIEWPORT)
    log_in(context.new_page(), site)
    context.storage_state(path=kept)
    context.close()
    return kept


def log_in(page: Page, site: Site, password: str = PASSWORD) -> None:
    """Fill in the form and send it."""
    page.goto(site / "admin/")
    page.get_by_label("Username").fill(LOGIN)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def watched(context: BrowserContext) -> Iterator[Page]:
    """Open a page and fail afterwards for every error in its console and every failed request."""
    wrong: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "requestfailed",
        # Who goes on to the next page no longer waits for the icon of the last.
        lambda asked: (
            wrong.append(f"{asked.url}: {asked.failure}") if asked.failure != LEFT_BEHIND else None
        ),
    )
    page.on(
        "response",
        lambda got: wrong.append(f"{got.url}: {got.status}") if got.status >= 400 else None,
    )
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def shot() -> Shot:
    """Keep a picture of a page, when pictures are wanted."""
    folder = os.environ.get("SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            page.wait_for_load_state("networkidle")
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take


@pytest.fixture
def db_is_read(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let a test look into the store; nothing is emptied afterwards."""
    with django_db_blocker.unblock():
        yield
