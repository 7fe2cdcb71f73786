"""Readers of configurations: nobody may be told of a proxy that is retired, or blocked there."""

import gzip
from collections.abc import Iterator
from typing import Final

import yaml

from accounts.models import User
from accounts.services.tokens import token_of
from configsrv.reading import UserConfig, free_key, read_configs, user_key, withheld_key
from configsrv.render import NOTHING, Body
from configsrv.services.answer import Found, Poll, answer
from configsrv.withheld import Withheld
from devstack.drill_fleet.acts import COUNTRIES
from devstack.drill_fleet.people import FIRST_DEVICE
from devstack.drill_fleet.world import World, records
from lantern_pro import clock
from lantern_pro.types import Cell, ProxyId, UserId
from proxies.models import Proxy
from proxies.records import Health, ProxyRecord, State, Track

ANYWHERE: Final = ("", *COUNTRIES)
READER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Stored:
    """Configurations straight from the store, as a config-server reads what it does not know."""

    def get(self, cell: Cell, bucket: int, user_id: UserId | None) -> Found:
        """What is stored for a poll."""
        names = [withheld_key(cell), free_key(cell, bucket)]
        names += [] if user_id is None else [user_key(user_id)]
        withheld, free, *own = read_configs(names)
        return Found(
            free if isinstance(free, Body) else NOTHING,
            own[0] if own and isinstance(own[0], UserConfig) else None,
            withheld if isinstance(withheld, Withheld) else Withheld(),
        )

    def variant(self, cell: Cell, bucket: int, country: str) -> Body:
        """A bucket's body for a country."""
        [found] = read_configs([free_key(cell, bucket, country)])
        return found if isinstance(found, Body) else NOTHING


def told_wrongly(world: World, *, reader: int, country: int, at_rest: bool) -> Iterator[str]:
    """Let a user, or somebody without an account, poll from somewhere; what is wrong with it."""
    where = ANYWHERE[country % len(ANYWHERE)]
    fleet = {proxy.name: proxy for proxy in records()}
    user_id = world.users[reader % len(world.users)] if world.users else UserId(0)
    found = User.objects.get_access(user_id)
    token = ""
    if found is not None and found.devices:
        known = found.credentials
        token = token_of(user_id, known.kid, known.epoch)
    if token and found and found.credentials.expiration > clock.now():
        where_they_are = where or found.country
    else:
        where_they_are = where
    poll = Poll(
        user_id=str(user_id) if token else "",
        device_id=found.devices[0] if token and found else FIRST_DEVICE,
        token=token,
        country=where,
        peer=f"198.51.{reader % 200}.7",
    )
    named = _named(answer(poll, Stored()).body)
    for name in named:
        proxy = fleet.get(name)
        if proxy is None or proxy.state is State.RETIRED:
            yield f"a reader is told of {name}, which is {proxy and proxy.state}"
        elif where in proxy.blocked_countries:
            yield f"a reader in {where} is told of {name}, which is blocked there"
    if at_rest:
        own = Proxy.objects.of_user(user_id) if token else []
        yield from _left_out(named, list(fleet.values()), set(own), where_they_are)


def _left_out(
    named: set[str], fleet: list[ProxyRecord], own: set[ProxyId], where: str
) -> Iterator[str]:
    for proxy in fleet:
        serves = proxy.state in {State.ACTIVE, State.DRAINING} and (
            where not in proxy.blocked_countries
        )
        if proxy.id in own and serves and proxy.name not in named:
            yield f"a user's own {proxy.name} is not in their configuration"
    free = {
        proxy.name
        for proxy in fleet
        if proxy.track is Track.FREE
        and proxy.state is State.ACTIVE
        and proxy.health is not Health.DOWN
        and where not in proxy.blocked_countries
    }
    if free and not named & free:
        yield f"a reader in {where or 'no known country'} is told of no free proxy"
    strangers = named - free - {proxy.name for proxy in fleet if proxy.id in own}
    if strangers:
        yield f"a reader is told of {sorted(strangers)}, which are neither theirs nor free"


def _named(body: Body) -> set[str]:
    if not body:
        return set()
    return set(yaml.load(gzip.decompress(body.content), Loader=READER))  # noqa: S506 - a safe one
