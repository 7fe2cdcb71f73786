"""What must hold of the keys that are kept for proxies of 2016 (law 5)."""

from collections.abc import Iterator
from functools import partial

from django.conf import settings

from lantern_pro.jobs.settled import settled_faults
from lantern_pro.types import Cell, ProxyId, UserId
from proxies import bridge
from proxies.services.bridge import behind, differences


def old_keys_agree(cell: Cell) -> Iterator[str]:
    """Law 5: a server's keys are the tokens of its users; but for what is on its way there."""
    if not settings.BRIDGE_2016:
        return
    on_its_way = {each.proxy_id for each in behind(cell)}
    for proxy_id, server in bridge.bridged(cell).items():
        if proxy_id not in on_its_way:
            for user_id in _wrong(proxy_id, server):
                check = partial(_faults, proxy_id, server, user_id)
                yield from settled_faults(cell, str(user_id), check)


def _wrong(proxy_id: ProxyId, server: str) -> set[UserId]:
    return set(differences(bridge.read_mirror(server), bridge.read_truth(proxy_id)))


def _faults(proxy_id: ProxyId, server: str, user_id: UserId) -> list[str]:
    if user_id not in _wrong(proxy_id, server):
        return []
    return [f"proxy {proxy_id}: the keys of server {server} are wrong about user {user_id}"]
