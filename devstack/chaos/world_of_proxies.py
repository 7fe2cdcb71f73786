"""What operators and time do with the fleet of a round."""

import gzip
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings

from configsrv.reading import UserConfig, read_configs, user_key
from devstack.chaos.world import DAY_MS
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import JobArguments, NewJob
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, ProxyId, UserId
from proxies import acl, keys, links
from proxies.models import Proxy
from proxies.services.access import grant_access, user_of
from proxies.services.changing import change_proxy
from proxies.services.states import drain_proxy, retire_proxy


def drain_a_proxy_of(user_id: UserId) -> ProxyId:
    """Drain the proxy that a user has had for longest."""
    [own] = links.of_users([user_id])
    drain_proxy(own[0])
    return own[0]


def retire_one_with_access(proxy_id: ProxyId) -> None:
    """Give a proxy a user on Redis, and retire it."""
    [proxy] = Proxy.objects.records([proxy_id])
    grant_access(proxy)
    retire_proxy(proxy_id)


def access_of(proxy_id: ProxyId) -> int:
    """By how many passwords a proxy may log in, and its user on Redis."""
    return len(acl.digests_of(proxy_id)) + int(user_of(proxy_id) in acl.users())


def give_another_address(user_id: UserId, addr: str) -> None:
    """Give the proxy that a user has had for longest another address."""
    [own] = links.of_users([user_id])
    [proxy] = Proxy.objects.records(own[:1])
    change_proxy(proxy, replace(proxy.as_new(), addr=addr))


def times_told(user_id: UserId, addr: str) -> int:
    """How often a user's configuration tells an address."""
    [found] = read_configs([user_key(user_id)])
    if not isinstance(found, UserConfig):
        return 0
    return gzip.decompress(found.body.content).count(addr.encode())


def let_nobody_move(user_id: UserId) -> None:
    """Let a user have been moved as often as they may be today."""
    text_client().set(keys.MOVES_OF(user_id=user_id), settings.MOVES_PER_DAY, px=DAY_MS)


def let_anybody_move(user_id: UserId) -> None:
    """Let that day be over."""
    text_client().delete(keys.MOVES_OF(user_id=user_id))


def let_links_be_old(user_id: UserId) -> None:
    """Let a user have had their proxies for longer than links last."""
    client = text_client()
    then = clock.now() - (settings.ROTATE_AFTER_DAYS + 1) * DAY_MS
    [own] = links.of_users([user_id])
    for proxy_id in own:
        client.zadd(keys.PROXIES_OF(user_id=user_id), {str(proxy_id): then}, xx=True)
        client.zadd(keys.USERS(proxy_id=proxy_id), {str(user_id): then}, xx=True)


def stage_everywhere(kind: Callable[[Cell], JobArguments], fact: str) -> None:
    """Stage in each cell what the clock stages every hour."""
    for cell in range(settings.CELLS):
        ledger.stage(NewJob(Cell(cell), kind(Cell(cell)), fact.replace(" ", "-")))


def users_of(proxy_id: ProxyId) -> int:
    """How many users a proxy has."""
    return int(text_client().zcard(keys.USERS(proxy_id=proxy_id)))


def old_links_of(user_id: int) -> int:
    """How many of a user's links are older than links should get."""
    then = clock.now() - settings.ROTATE_AFTER_DAYS * DAY_MS
    return int(text_client().zcount(keys.PROXIES_OF(user_id=user_id), "-inf", then))
