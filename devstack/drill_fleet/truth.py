"""Who must have what, said once more and in other words than the product's.

It starts from what everything else is made from (the rows of proxies and of accounts, who was told
what) and says what links, waiting list and admissions must be then.
"""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings

from accounts.keys import DEVICES, USERS
from accounts.services.tokens import token_of
from devstack.drill_fleet.ground import HERE
from devstack.drill_fleet.world import World, records
from lantern_pro import clock
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId, UserId
from proxies import keys
from proxies.records import Health, ProxyRecord, State, Track


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the account tells, with the links and the devices that they have."""

    user_id: UserId
    is_pro: bool
    country: str
    wanted: int
    moves: int
    own: frozenset[ProxyId]
    waits: bool
    admissions: frozenset[str]


def always(world: World) -> Iterator[str]:
    """What must be so at every moment, whatever is under way."""
    fleet = records()
    with text_client().pipeline(transaction=True) as pipe:
        for proxy in fleet:
            pipe.zcard(keys.USERS(proxy_id=proxy.id))
        counted = pipe.execute()
    for proxy, count in zip(fleet, counted, strict=True):
        if count > max(proxy.capacity, proxy.over):
            yield f"{proxy.name} has {count} users, more than {proxy.capacity}"
        if proxy.id in world.retired and proxy.state is not State.RETIRED:
            yield f"{proxy.name} is {proxy.state}, and was said to be retired"
    for user_id in world.erased:
        if text_client().exists(USERS.row(user_id)):
            yield f"user {user_id} is there, and was said to be erased"


def at_rest() -> Iterator[str]:
    """What must be so when no job is on its way."""
    fleet = {proxy.id: proxy for proxy in records()}
    people = _people()
    waiting = set(text_client().zrange(keys.WAITING(cell=HERE), 0, -1))
    for waiter in sorted(waiting - {str(person.user_id) for person in people}):
        yield f"user {waiter} waits, and is nobody"
    for person in people:
        yield from _wrong_with(person, fleet)
    for proxy in fleet.values():
        yield from _wrong_about(proxy, people)


def _wrong_with(person: Person, fleet: dict[ProxyId, ProxyRecord]) -> Iterator[str]:
    who = f"user {person.user_id}"
    own = [fleet[each] for each in person.own]
    if not person.is_pro:
        if own or person.waits:
            yield f"{who} is not Pro, has {len(own)} proxies, waits: {person.waits}"
        return
    if len(own) > person.wanted:
        yield f"{who} has {len(own)} proxies, and should have {person.wanted}"
    for proxy in own:
        if proxy.state not in {State.ACTIVE, State.DRAINING} or proxy.health is Health.DOWN:
            yield f"{who} still has {proxy.name}: {proxy.state}, {proxy.health}"
    good = [proxy for proxy in own if _serves(proxy, person)]
    best = [proxy for proxy in good if proxy.state is State.ACTIVE]
    others = [
        proxy for proxy in fleet.values() if proxy.id not in person.own and _is_open(proxy, person)
    ]
    if others and len(good) < person.wanted:
        yield f"{who} has {len(good)} of {person.wanted}, and {others[0].name} has room"
    if others and len(good) > len(best) and person.moves < settings.MOVES_PER_DAY:
        yield f"{who} has a proxy that drains, and {others[0].name} has room"
    if len(good) < person.wanted and not person.waits:
        yield f"{who} has {len(good)} of {person.wanted}, and does not wait"
    if len(best) >= person.wanted and person.waits:
        yield f"{who} has {len(best)} of {person.wanted}, and waits"


def _wrong_about(proxy: ProxyRecord, people: Iterable[Person]) -> Iterator[str]:
    linked = [person for person in people if proxy.id in person.own]
    if proxy.load != len(linked):
        yield f"{proxy.name} counts {proxy.load} users, and has {len(linked)}"
    wanted = {admission for person in linked for admission in person.admissions}
    admitted = text_client().smembers(keys.ADMISSIONS(proxy_id=proxy.id))
    if admitted != wanted:
        yield f"{proxy.name} admits {len(admitted)} devices, should {len(wanted)}"


def _serves(proxy: ProxyRecord, person: Person) -> bool:
    return (
        proxy.state in {State.ACTIVE, State.DRAINING}
        and proxy.health is not Health.DOWN
        and person.country not in proxy.blocked_countries
    )


def _is_open(proxy: ProxyRecord, person: Person) -> bool:
    return (
        proxy.track is Track.PRO
        and proxy.state is State.ACTIVE
        and proxy.load < proxy.capacity
        and _serves(proxy, person)
    )


def _people() -> list[Person]:
    client = text_client()
    ids = [UserId(int(each)) for each in client.zrange(USERS.by("id", cell=HERE), 0, -1)]
    with client.pipeline(transaction=False) as pipe:
        for user_id in ids:
            pipe.hgetall(USERS.row(user_id))
            pipe.zrange(DEVICES(user_id=user_id), 0, -1)
            pipe.zrange(keys.PROXIES_OF(user_id=user_id), 0, -1)
            pipe.zscore(keys.WAITING(cell=HERE), user_id)
            pipe.get(keys.MOVES_OF(user_id=user_id))
        found = iter(pipe.execute())
    return [_person(user_id, *read) for user_id, *read in zip(ids, *[found] * 5, strict=True)]


def _person(
    user_id: UserId,
    row: dict[str, str],
    devices: list[str],
    own: list[str],
    waits: float | None,
    moves: str | None,
) -> Person:
    now, epoch = clock.now(), int(row["epoch"])
    tokens = [token_of(user_id, row["kid"], epoch)]
    if epoch > 1 and now < int(row.get("old_good_until") or 0):
        tokens.append(token_of(user_id, row.get("old_kid") or row["kid"], epoch - 1))
    return Person(
        user_id=user_id,
        is_pro=int(row.get("expiration") or 0) > now,
        country=row.get("country") or "",
        wanted=int(row.get("proxies_wanted") or 0) or settings.PROXIES_PER_PRO_USER,
        moves=int(moves or 0),
        own=frozenset(ProxyId(int(each)) for each in own),
        waits=waits is not None,
        admissions=frozenset(
            hmac.digest(token.encode(), device.encode(), "sha256").hex()
            for token in tokens
            for device in devices
        ),
    )
