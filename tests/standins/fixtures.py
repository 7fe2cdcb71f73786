"""Stand-ins for any suite: import what you need into its ``conftest``.

Each test gets fresh ones, in threads of the test's own process, on ports of their own.
"""

import queue
from collections.abc import Iterator
from pathlib import Path

import mandrill
import pytest
import requests
import stripe

from devstack.mandrill_standin import MandrillStandin
from devstack.standin import Answer, Request
from devstack.standin.http import HttpServer
from devstack.stripe_standin import StripeStandin


class WebhookReceiver:
    """A web server that takes webhooks; ``statuses`` are what it answers first, then 200."""

    def __init__(self) -> None:
        """Listen; ``start`` begins to answer."""
        self.statuses: list[int] = []
        self._arrived: queue.Queue[Request] = queue.Queue()
        self._server = HttpServer(0, self._take)
        self.url = self._server.url + "/webhooks/stripe"
        self.start = self._server.start
        self.stop = self._server.stop

    def _take(self, request: Request) -> Answer:
        self._arrived.put(request)
        return Answer(self.statuses.pop(0) if self.statuses else 200, b"")

    def next(self, *, seconds: float = 10) -> Request:
        """Wait for the next delivery; ``queue.Empty`` when none comes."""
        return self._arrived.get(timeout=seconds)

    def is_quiet(self) -> bool:
        """Whether nothing has arrived that was not taken."""
        return self._arrived.empty()


@pytest.fixture
def webhook_receiver() -> Iterator[WebhookReceiver]:
    """Somewhere for events to go."""
    receiver = WebhookReceiver()
    receiver.start()
    yield receiver
    receiver.stop()


@pytest.fixture
def stripe_standin(tmp_path: Path) -> Iterator[StripeStandin]:
    """A Stripe without a webhook; set ``webhooks.url`` to have one."""
    standin = StripeStandin(tmp_path / "stripe", retry_seconds=0.05)
    standin.start()
    yield standin
    standin.stop()


@pytest.fixture
def mandrill_standin(tmp_path: Path) -> Iterator[MandrillStandin]:
    """A Mandrill that accepts any key."""
    standin = MandrillStandin(tmp_path / "mandrill")
    standin.start()
    yield standin
    standin.stop()


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """Raw HTTP."""
    with requests.Session() as session:
        yield session


@pytest.fixture
def stripe_client(stripe_standin: StripeStandin, http: requests.Session) -> stripe.StripeClient:
    """Stripe's own package, which does not retry by itself."""
    return stripe.StripeClient(
        "sk_test_anything",
        base_addresses={"api": stripe_standin.url},
        http_client=stripe.RequestsClient(session=http, timeout=20),
        max_network_retries=0,
    )


@pytest.fixture
def mandrill_client(
    mandrill_standin: MandrillStandin, http: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> mandrill.Mandrill:
    """Mandrill's own package, pointed at the stand-in."""
    monkeypatch.setattr(mandrill, "ROOT", mandrill_standin.api_url)
    client = mandrill.Mandrill("any-key")
    client.session.close()
    client.session = http
    return client
