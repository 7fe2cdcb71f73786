"""A reference http-proxy for each module, between the test and a loopback web server."""

from collections.abc import Iterator

import pytest
import redis

from tests.origin import web_server
from tests.through import Through, running_proxy


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The address of a loopback web server."""
    with web_server() as address:
        yield address


@pytest.fixture(scope="module")
def through(origin: str) -> Iterator[Through]:
    """A running proxy, to which the web server is not one of ours."""
    with running_proxy() as (client, _):
        yield client


@pytest.fixture(autouse=True)
def _empty(real_redis: redis.Redis) -> None:
    pass
