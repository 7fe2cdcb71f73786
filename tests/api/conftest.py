"""The client API in this process, over a real Redis, with stand-ins that behave as the vendors."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from billing.gateways.stripe_client import client as stripe_client
from billing.models import Plan
from devstack.mandrill_standin import MandrillStandin
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.runner import Runner
from lantern_pro.jobs.worker import drain
from lantern_pro.support.laws import check_laws
from lantern_pro.types import Cell
from tests.api.mailing import post, second
from tests.client_app import ClientApp
from tests.standins.fixtures import http, mandrill_standin, stripe_standin, webhook_receiver

__all__ = ["http", "mandrill_standin", "post", "second", "stripe_standin", "webhook_receiver"]


@pytest.fixture
def service(
    real_redis: redis.Redis,
    stripe_standin: StripeStandin,
    mandrill_standin: MandrillStandin,
    settings: Any,
    db: None,
) -> Iterator[redis.Redis]:
    """The whole of pro-server, with two plans on sale."""
    settings.STRIPE_API_BASE = stripe_standin.url
    settings.MANDRILL_API_BASE = mandrill_standin.api_url
    stripe_client.cache_clear()
    Plan.objects.create(
        id="1y-usd-10", description="One year", months=12, currency="usd", price_minor=4800
    )
    Plan.objects.create(
        id="2y-usd-10",
        description="Two years",
        months=24,
        currency="usd",
        price_minor=8700,
        best_value=True,
        position=1,
    )
    Plan.objects.create(
        id="1y-jpy-10", description="一年", months=12, currency="jpy", price_minor=5200
    )
    yield real_redis
    stripe_client.cache_clear()
    assert stripe_standin.api.unknown_parameters == []


@pytest.fixture
def laws_hold(service: redis.Redis) -> Iterator[None]:
    """Whatever a test does, every law holds in the end."""
    del service
    yield
    assert [finding.faults for finding in check_laws() if finding.faults] == []


@pytest.fixture
def new_client(service: redis.Redis) -> Callable[..., ClientApp]:
    """Makes client apps that have signed up."""
    del service

    def make(device_id: str = "device-1", **options: Any) -> ClientApp:
        return ClientApp(device_id=device_id, **options).sign_up()

    return make


@pytest.fixture
def client(new_client: Callable[..., ClientApp]) -> ClientApp:
    """A client app that has signed up."""
    return new_client()


@pytest.fixture
def worker(service: redis.Redis) -> Iterator[Runner]:
    """A worker that runs what becomes due, in threads of this process."""
    del service
    runner = Runner(dict.fromkeys(Lane, 1))
    runner.start()
    yield runner
    assert runner.stop()


@pytest.fixture
def run_jobs(service: redis.Redis) -> Callable[[], int]:
    """Runs what is due, as a worker would."""
    del service
    return lambda: drain(Cell(0))
