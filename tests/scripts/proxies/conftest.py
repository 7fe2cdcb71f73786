"""Proxies' users on Redis: each test begins without any, and leaves none."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from lantern_pro.types import ProxyId
from proxies import acl
from tests import fleet
from tests.access import with_access


@pytest.fixture
def no_proxy_users(real_redis: redis.Redis) -> Iterator[None]:
    """Afterwards nobody but ``default`` is a user of Redis."""
    yield
    for name in acl.users() - {"default"}:
        acl.drop_user(name)


@pytest.fixture
def pro(no_proxy_users: None) -> Iterator[tuple[ProxyId, Any]]:
    """A Pro proxy with a user, and its own connection."""
    yield from with_access(fleet.pro_proxy())


@pytest.fixture
def free(no_proxy_users: None) -> Iterator[tuple[ProxyId, Any]]:
    """A free proxy with a user, and its own connection."""
    yield from with_access(fleet.free_proxy())
