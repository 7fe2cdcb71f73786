"""Proxies with users of their own on Redis, for tests of what those may do."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import redis
from django.core.management import call_command

from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId
from proxies.services.access import user_of
from tests.fleet import HERE


def run(*arguments: str) -> str:
    """What ``proxy_access`` prints."""
    out = StringIO()
    call_command("proxy_access", *arguments, stdout=out)
    return out.getvalue()


def may_log_in(user: str, password: str) -> bool:
    """Whether the tests' Redis lets this user in."""
    client = log_in(user, password)
    try:
        return bool(client.ping())
    except redis.AuthenticationError:
        return False
    finally:
        client.close()


def log_in(user: str, password: str) -> Any:
    """A connection to the tests' Redis as this user."""
    address = text_client().connection_pool.connection_kwargs
    return redis.Redis(
        host=address["host"],
        port=address["port"],
        username=user,
        password=password,
        decode_responses=True,
        protocol=2,
    )


def with_access(proxy_id: ProxyId) -> Iterator[tuple[ProxyId, Any]]:
    """Give a proxy a user; its own connection comes with it."""
    drain(HERE)
    password = json.loads(run(str(proxy_id), "--json"))["password"]
    client = log_in(user_of(proxy_id), password)
    yield proxy_id, client
    client.close()
