"""How links of users and proxies are stored and read: one function a script, and plain reads."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from accounts.keys import PRO_ENDS
from accounts.keys import USERS as ACCOUNTS
from accounts.managers import Access
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Work
from lantern_pro.jobs.ledger import Effect
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import Argument, Outcome
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies import keys


@dataclass(frozen=True, slots=True)
class Waiting:
    """A user who lacks proxies, or is linked with one, and since when."""

    user_id: UserId
    since: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a user's links should become. ``own`` are their proxies, the longest held first.

    Those of ``leave`` and such as drain are left in at most ``most_moves`` moves a day.
    """

    access: Access
    wanted: int
    own: Sequence[ProxyId]
    leave: frozenset[ProxyId] = frozenset()
    most_moves: int

    @property
    def user_id(self) -> UserId:
        """Whose links they are."""
        return self.access.credentials.user_id

    @property
    def leaving(self) -> str:
        """``leave`` as scripts read it."""
        return json.dumps({str(each): True for each in self.leave})


@dataclass(frozen=True, slots=True)
class Found:
    """Proxies that a user could have, the best first; ``opened`` are the openings until then.

    So many are ``lacking`` for which only the nearest and least loaded sites were looked at.
    """

    candidates: Sequence[ProxyId]
    opened: int
    lacking: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a wish: ``assigned``, ``no_room`` (no proxy at all), ``not_pro``.

    Or ``changed``: nothing was done, because what had been read was old.
    """

    outcome: Literal["assigned", "no_room", "not_pro", "changed"]
    gained: Sequence[ProxyId] = ()
    left: Sequence[ProxyId] = ()


def assign(
    wish: Wish, found: Found, *, admissions: Sequence[str], now: Millis, work: Work
) -> Settled:
    """Bring a user's links to what they wish, for the job that calls."""
    named, more = assignment_of(wish, found, admissions, now)
    return settled_in(ledger.apply("proxies/assign_proxies", work, more=more, **named))


def assign_each(
    wishes: Sequence[tuple[Wish, Found, Sequence[str], Work]], *, now: Millis
) -> list[Settled]:
    """Bring the links of many users to what they wish, in order and in one round trip.

    None of it is fenced: it is the script that refuses what is not right any more.
    """
    effects = []
    for wish, found, admissions, work in wishes:
        named, more = assignment_of(wish, found, admissions, now)
        effects.append(Effect(work, named, more))
    return [settled_in(each) for each in ledger.apply_each("proxies/assign_proxies", effects)]


def assignment_of(
    wish: Wish, found: Found, admissions: Sequence[str], now: Millis
) -> tuple[Mapping[str, Argument], list[str]]:
    """What ``proxies/assign_proxies`` takes for a user but the work: by name, and more keys."""
    proxies = [*wish.own, *(each for each in found.candidates if each not in wish.own)]
    named: dict[str, Argument] = {
        **_user_keys(wish.user_id),
        "user_id": wish.user_id,
        "now": now,
        "seen": wish.access.seen,
        "admissions": json.dumps(admissions),
        "wanted": wish.wanted,
        "proxies": as_json(proxies),
        "leave": wish.leaving,
        "most_moves": wish.most_moves,
        "opened": found.opened,
    }
    return named, _link_keys(proxies)


def settled_in(outcome: Outcome) -> Settled:
    """What an outcome of ``proxies/assign_proxies`` says."""
    match outcome:
        case ["assigned", gained, left]:
            return Settled(
                "assigned", ids_in(json.loads(str(gained))), ids_in(json.loads(str(left)))
            )
        case ["no_room", left]:
            return Settled("no_room", (), ids_in(json.loads(str(left))))
        case ["not_pro"]:
            return Settled("not_pro")
        case ["changed"]:
            return Settled("changed")
    raise AssertionError(outcome)


def release(
    *, user_id: UserId, proxies: Sequence[ProxyId], now: Millis, work: Work
) -> Literal["released", "still_pro", "changed"]:
    """Take a user, whose Pro time is over, off ``proxies``, which must be all of theirs."""
    named, more = release_of(user_id, proxies, now)
    outcome = ledger.apply("proxies/release_proxies", work, more=more, **named)
    match outcome:
        case ["released", _]:
            return "released"
        case ["still_pro"]:
            return "still_pro"
        case ["changed"]:
            return "changed"
    raise AssertionError(outcome)


def release_of(
    user_id: UserId, proxies: Sequence[ProxyId], now: Millis
) -> tuple[Mapping[str, Argument], list[str]]:
    """What ``proxies/release_proxies`` takes for a user but the work: by name, and more keys."""
    named: dict[str, Argument] = {
        **_user_keys(user_id),
        "pro_ends": PRO_ENDS(cell=cell_of(user_id)),
        "user_id": user_id,
        "now": now,
        "proxies": as_json(proxies),
    }
    return named, _link_keys(proxies)


def of_users(user_ids: Sequence[UserId]) -> list[list[ProxyId]]:
    """The proxies of each of these users, the longest held first, in one round trip."""
    with text_client().pipeline(transaction=False) as pipe:
        for user_id in user_ids:
            pipe.zrange(keys.PROXIES_OF(user_id=user_id), 0, -1)
        return [ids_in(found) for found in pipe.execute()]


def moves_of(user_id: UserId) -> int:
    """How often a user was moved off a proxy in the day that began with the first of these."""
    return int(text_client().get(keys.MOVES_OF(user_id=user_id)) or 0)


def room(cell: Cell) -> bool:
    """Whether any Pro proxy has room."""
    return bool(text_client().exists(keys.OPEN(cell=cell)))


def openings(cell: Cell) -> int:
    """How often a proxy came to be open to somebody."""
    return int(text_client().get(keys.OPENINGS(cell=cell)) or 0)


def served(cell: Cell) -> int:
    """Up to which opening those who wait have been looked at."""
    return int(text_client().get(keys.SERVED(cell=cell)) or 0)


def note_served(cell: Cell, opened: int) -> None:
    """Note that all who wait have been looked at since this opening.

    Two at once may note the lower one last: then they are looked at once more, and no harm done.
    """
    text_client().set(keys.SERVED(cell=cell), opened)


def waiting(cell: Cell, *, after: Waiting, most: int) -> list[Waiting]:
    """Users who lack proxies, those who wait longest first, behind ``after`` in that order."""
    return _behind(keys.WAITING(cell=cell), after, most)


def linked_with(proxy_id: ProxyId, *, after: Waiting, most: int) -> list[Waiting]:
    """A proxy's users, the longest linked first, behind ``after`` in that order."""
    return _behind(keys.USERS(proxy_id=proxy_id), after, most)


def _behind(key: str, after: Waiting, most: int) -> list[Waiting]:
    client = text_client()
    beside = client.zrangebyscore(key, after.since, after.since, withscores=True)
    found = [pair for pair in beside if pair[0] > str(after.user_id)][:most]
    if len(found) < most:
        found += client.zrangebyscore(
            key, f"({after.since}", "+inf", start=0, num=most - len(found), withscores=True
        )
    return [Waiting(UserId(int(each)), Millis(int(since))) for each, since in found]


def how_many_wait(cell: Cell) -> int:
    """How many users lack proxies."""
    return int(text_client().zcard(keys.WAITING(cell=cell)))


def waiting_since(user_id: UserId) -> Millis | None:
    """Since when a user lacks proxies; None when they have what they should."""
    found = text_client().zscore(keys.WAITING(cell=cell_of(user_id)), user_id)
    return None if found is None else Millis(int(found))


def _user_keys(user_id: UserId) -> dict[str, str]:
    cell = cell_of(user_id)
    return {
        "user": ACCOUNTS.row(user_id),
        "mine": keys.PROXIES_OF(user_id=user_id),
        "admitted": keys.ADMITTED(user_id=user_id),
        "moves": keys.MOVES_OF(user_id=user_id),
        "waiting": keys.WAITING(cell=cell),
        **keys.open_keys(cell),
    }


def _link_keys(proxies: Iterable[ProxyId]) -> list[str]:
    return [key for proxy_id in proxies for key in keys.link_keys(proxy_id)]


def as_json(proxies: Iterable[ProxyId]) -> str:
    """The ids as texts: Lua's numbers are floats, and print as such."""
    return json.dumps([str(proxy_id) for proxy_id in proxies])


def ids_in(found: Iterable[str]) -> list[ProxyId]:
    """The ids of proxies in an answer of Redis."""
    return [ProxyId(int(each)) for each in found]
