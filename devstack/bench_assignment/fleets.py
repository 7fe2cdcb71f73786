"""Fleets of each size, each in a cell of its own, and users who are linked with them.

Proxies are added by the script that adds them. Links are written in bulk, in the form in which the
scripts write them; the laws are held against a sample afterwards.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random  # noqa: TID251 - a benchmark's draws are no secret
from typing import Final

from accounts.keys import DEVICES, PRO_ENDS, USERS
from accounts.services.tokens import admission, current_kid, token_of
from devstack.reports.progress import Progress
from lantern_pro import clock
from lantern_pro.jobs.job import Work
from lantern_pro.store.client import TextClient, text_client
from lantern_pro.store.keys import new_id
from lantern_pro.store.scripts import Call, script
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies import keys
from proxies.records import NewProxy, Place, Track
from proxies.room_laws import SPAN

AT_ONCE: Final = 500
LINKS: Final = 2
KEPT_CHANGES: Final = 10_000
"""As many entries of a proxy's stream as ``proxies/tell_proxy`` leaves there, or so."""
YEAR_MS: Final = 365 * 86_400_000
CITIES: Final = 60
PROVIDERS: Final = 8
COUNTRIES: Final = tuple("NL DE FR SE FI PL RO TR AE IN SG JP KR US CA BR ZA AU GB ES".split())  # noqa: SIM905
READERS: Final = ("", "", "IR", "CN", "RU", "TR", "VN", "DE")
"""Where users say that they are; a quarter tell nothing."""
BLOCKED_SHARE: Final = 0.1
BLOCKED_IN: Final = "IR"


@dataclass(frozen=True, slots=True)
class Size:
    """How many proxies and how many users who are linked."""

    proxies: int
    users: int

    @property
    def capacity(self) -> int:
        """Of a proxy: its share of all links three times, and some more."""
        return 3 * LINKS * self.users // self.proxies + 1_000


@dataclass(slots=True)
class Fleet:
    """A cell with its proxies and users. ``crowded`` has users of its own and no room."""

    cell: Cell
    size: Size
    proxies: list[ProxyId] = field(default_factory=list)
    users: list[UserId] = field(default_factory=list)
    newcomers: list[UserId] = field(default_factory=list)
    crowded: ProxyId = field(init=False)

    @property
    def name(self) -> str:
        """As the report calls it."""
        return f"{self.size.proxies:,} proxies, {self.size.users:,} users"


def fill(fleet: Fleet, *, crowd: int, newcomers: int, drawn: Random) -> None:
    """Add the proxies, and users who are linked; ``crowd`` of them with one proxy besides.

    ``newcomers`` are Pro users without a link, to be assigned.
    """
    with Progress(fleet.name, 2 * fleet.size.proxies + fleet.size.users) as progress:
        blocked = _add_proxies(fleet, drawn, progress)
        everywhere = [each for each in fleet.proxies if each not in blocked]
        held: dict[ProxyId, list[int]] = {each: [] for each in [*fleet.proxies, fleet.crowded]}
        marks: list[str] = []
        for first in range(0, fleet.size.users, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, fleet.size.users))
            told = [drawn.choice(READERS) for _ in numbers]
            own = [
                drawn.sample(everywhere if country == BLOCKED_IN else fleet.proxies, LINKS)
                for country in told
            ]
            for number in range(first, min(first + AT_ONCE, crowd)):
                own[number - first][0] = fleet.crowded
            users = _write_users(fleet.cell, told, own)
            for number, (user_id, mark), theirs in zip(numbers, users, own, strict=True):
                fleet.users.append(user_id)
                marks.append(mark)
                for proxy_id in theirs:
                    held[proxy_id].append(number)
            progress.step("linking users", by=len(numbers))
        _write_proxies(fleet, held, marks, progress)
    told = [drawn.choice(READERS) for _ in range(newcomers)]
    fleet.newcomers = [each for each, _ in _write_users(fleet.cell, told, [[] for _ in told])]


def _add_proxies(fleet: Fleet, drawn: Random, progress: Progress) -> set[ProxyId]:
    """Add all proxies, and the crowded one; returns those that are blocked somewhere."""
    blocked = set()
    for first in range(0, fleet.size.proxies, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, fleet.size.proxies))
        new = [_new_proxy(fleet, number, drawn) for number in numbers]
        added = _add(fleet.cell, new)
        fleet.proxies += added
        blocked |= {each for each, told in zip(added, new, strict=True) if told.blocked_countries}
        progress.step("adding proxies", by=len(numbers))
    [fleet.crowded] = _add(fleet.cell, [replace(new[0], name="crowded", blocked_countries=())])
    return blocked


def _new_proxy(fleet: Fleet, number: int, drawn: Random) -> NewProxy:
    city = number % CITIES
    return NewProxy(
        name=f"pro-{fleet.cell}-{number}",
        addr=f"198.51.{number // 250 % 250}.{number % 250}:443",
        track=Track.PRO,
        capacity=fleet.size.capacity,
        auth_token="bench",  # noqa: S106 - nobody's secret
        place=Place(city=f"City {city}", country_code=COUNTRIES[city % len(COUNTRIES)]),
        provider=f"provider-{number // CITIES % PROVIDERS if number >= CITIES else number % 2}",
        blocked_countries=(BLOCKED_IN,) if drawn.random() < BLOCKED_SHARE else (),
    )


def _add(cell: Cell, new: list[NewProxy]) -> list[ProxyId]:
    ids = [ProxyId(new_id(cell)) for _ in new]
    work = Work(cell)
    calls = [
        Call(
            {
                "row": keys.PROXIES.row(proxy_id),
                **keys.index_keys(cell),
                **keys.settled_keys(proxy_id, cell),
                "id": proxy_id,
                "now": clock.now(),
                "columns": json.dumps(each.as_row()),
                "work": work.work,
            },
            work.rest,
        )
        for proxy_id, each in zip(ids, new, strict=True)
    ]
    outcomes = script("proxies/add_proxy").run_each(calls)
    assert all(outcome == ["added"] for outcome in outcomes)
    return ids


def _write_users(
    cell: Cell, countries: Sequence[str], links: Sequence[Sequence[ProxyId]]
) -> list[tuple[UserId, str]]:
    """Write Pro users, each with a device and its links; and what their device is known by."""
    now, kid = clock.now(), current_kid()
    users = [UserId(new_id(cell)) for _ in links]
    marks = [admission(token_of(user_id, kid, 1), f"device-{user_id}") for user_id in users]
    with text_client().pipeline(transaction=False) as pipe:
        for user_id, mark, country, own in zip(users, marks, countries, links, strict=True):
            row = ["id", user_id, "created", now, "expiration", now + YEAR_MS, "kid", kid]
            row += ["epoch", 1, "country", country]
            pipe.execute_command("HSET", USERS.row(user_id), *row)
            pipe.execute_command("ZADD", DEVICES(user_id=user_id), now, f"device-{user_id}")
            if own:
                pipe.zadd(keys.PROXIES_OF(user_id=user_id), {str(each): now for each in own})
                pipe.sadd(keys.ADMITTED(user_id=user_id), mark)
        pipe.zadd(USERS.by("id", cell=cell), {str(each): each for each in users})
        pipe.zadd(PRO_ENDS(cell=cell), {str(each): now + YEAR_MS for each in users})
        pipe.execute()
    return list(zip(users, marks, strict=True))


def _write_proxies(
    fleet: Fleet, held: dict[ProxyId, list[int]], marks: list[str], progress: Progress
) -> None:
    """Write the proxies' side of all links, their loads, and the indexes by load."""
    sites = _sites(list(held))
    ranks: dict[int, int] = {}
    now = clock.now()
    pending = text_client().pipeline(transaction=False)
    for proxy_id, numbers in held.items():
        _write_links(pending, fleet, proxy_id, numbers, marks, now)
        load, site = len(numbers), sites[proxy_id]
        row = {"load": load, "version": load}
        if proxy_id == fleet.crowded:
            row["capacity"] = load
        pending.hset(keys.PROXIES.row(proxy_id), mapping=row)
        pending.zadd(keys.PROXIES.by("load", cell=fleet.cell), {str(proxy_id): load})
        if proxy_id == fleet.crowded:
            pending.zrem(keys.OPEN(cell=fleet.cell), proxy_id)
        else:
            pending.zadd(keys.OPEN(cell=fleet.cell), {str(proxy_id): site * SPAN + load})
            ranks[site] = min(load, ranks.get(site, load))
        if len(pending.command_stack) > 4 * AT_ONCE:
            pending.execute()
        progress.step("linking proxies", by=int(proxy_id != fleet.crowded))
    entries = {str(site): site % 32 * SPAN + rank for site, rank in ranks.items()}
    entries |= {str(-site): 31 * SPAN + rank for site, rank in ranks.items()}
    pending.delete(keys.OPEN_SITES(cell=fleet.cell))
    pending.zadd(keys.OPEN_SITES(cell=fleet.cell), entries)
    pending.execute()


def _write_links(
    pipe: TextClient,
    fleet: Fleet,
    proxy_id: ProxyId,
    numbers: list[int],
    marks: list[str],
    now: Millis,
) -> None:
    for first in range(0, len(numbers), AT_ONCE):
        some = numbers[first : first + AT_ONCE]
        pipe.zadd(keys.USERS(proxy_id=proxy_id), {str(fleet.users[each]): now for each in some})
        pipe.sadd(keys.ADMISSIONS(proxy_id=proxy_id), *(marks[each] for each in some))
    changes, oldest = keys.CHANGES(proxy_id=proxy_id), max(len(numbers) - KEPT_CHANGES, 0)
    for version, each in enumerate(numbers[oldest:], oldest + 1):
        told = ("op", "admit", "admission", marks[each], "at", now * 1000)
        pipe.execute_command("XADD", changes, f"{version}-0", *told)


def _sites(proxies: list[ProxyId]) -> dict[ProxyId, int]:
    with text_client().pipeline(transaction=False) as pipe:
        for proxy_id in proxies:
            pipe.hget(keys.PROXIES.row(proxy_id), "site")
        return {each: int(site) for each, site in zip(proxies, pipe.execute(), strict=True)}
