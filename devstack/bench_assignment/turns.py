"""Assignments a second: fleets of each size take turns with a script that does nothing.

What is timed is Redis's part and the wire: commands are made before and answers read after the
clock has stopped, as far as that can be, so that this client's slowness hides no difference.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - the order of turns is no secret
from typing import Any, Final

from accounts.keys import PRO_ENDS, USERS
from accounts.services.tokens import admissions_of
from devstack.bench_assignment.fleets import YEAR_MS, Fleet
from devstack.reports.progress import Progress
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import Work
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import Call, Script, script
from lantern_pro.types import Millis, UserId
from proxies import links, searching
from proxies.events import AssignmentChanged
from proxies.links import Found, Wish
from proxies.services.assignments import Asked, wishes_of

DEPTH: Final = 64
"""How many commands are on their way at once."""
EMPTY: Final = "a script that does nothing"
_NOTHING: Final = "return { 'found' }"


@dataclass(slots=True)
class Rates:
    """What was reached in each turn: how many a second, and what Redis itself spent on one."""

    a_second: list[float] = field(default_factory=list)
    redis_us: list[float] = field(default_factory=list)
    again: int = 0


def go_first(process: int = 0) -> None:
    """Let a process (0: this one) go before all that have no real-time priority."""
    os.sched_setscheduler(process, os.SCHED_RR, os.sched_param(1))


def go_along() -> None:
    """Let this process be one of many again."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


class Wire:
    """A connection on which packed commands are sent many at once."""

    def __init__(self, *, first: bool) -> None:
        """Take one connection out of the store's pool; ``first`` is to go before others."""
        self._first = first
        self._connection: Any = text_client().connection_pool.get_connection()

    def pack(self, loaded: Script, call: Call) -> bytes:
        """A call as it goes over the wire."""
        named, arguments = loaded._bind(dict(call.named), call.rest)  # noqa: SLF001
        words = ("EVALSHA", loaded.sha, len(named), *named, *arguments)
        return b"".join(self._connection.pack_command(*words))

    def pack_words(self, *words: str | int) -> bytes:
        """Any command as it goes over the wire."""
        return b"".join(self._connection.pack_command(*words))

    def ask(self, packed: Sequence[bytes]) -> tuple[list[Any], float]:
        """Send all of these and read their answers; and how many seconds that took."""
        sent = b"".join(packed)
        if self._first:
            go_first()
        begun = time.perf_counter()
        self._connection.send_packed_command([sent], check_health=False)
        answers = [self._connection.read_response() for _ in packed]
        took = time.perf_counter() - begun
        if self._first:
            go_along()
        return answers, took


def measure(
    fleets: Sequence[Fleet], *, rounds: int, users: int, drawn: Random, first: bool
) -> dict[str, Rates]:
    """Let each fleet and the empty script have a turn in each round, in an order drawn anew."""
    wire = Wire(first=first)
    names: list[Fleet | None] = [*fleets, None]
    rates = {fleet.name if fleet else EMPTY: Rates() for fleet in names}
    for name in ("proxies/find_candidates", "proxies/assign_proxies"):
        script(name).load()
    with Progress("turns", rounds * len(names)) as progress:
        for number in range(rounds):
            for fleet in drawn.sample(names, len(names)):
                if fleet is None:
                    _do_nothing(wire, users, rates[EMPTY])
                else:
                    some = drawn.sample(fleet.newcomers, users)
                    _assign(wire, some, rates[fleet.name], f"{number}")
                    _undo(some)
                progress.step(f"round {number + 1}: {fleet.name if fleet else EMPTY}")
    return rates


def _do_nothing(wire: Wire, times: int, rates: Rates) -> None:
    """As many calls as assignments have: two for each user."""
    sha = text_client().script_load(_NOTHING)
    packed = [wire.pack_words("EVALSHA", sha, 0) for _ in range(DEPTH)]
    seconds = sum(wire.ask(packed)[1] for _ in range(2 * times // DEPTH))
    rates.a_second.append(2 * times // DEPTH * DEPTH / seconds)


def _assign(wire: Wire, users: Sequence[UserId], rates: Rates, fact: str) -> None:
    seconds, before = 0.0, _spent()
    for first in range(0, len(users), DEPTH):
        asked = [Asked(each) for each in users[first : first + DEPTH]]
        left = [wish for wish in wishes_of(asked) if wish is not None]
        while left:
            took, left = _assign_once(wire, left, fact)
            seconds += took
            rates.again += len(left)
    rates.a_second.append(len(users) / seconds)
    rates.redis_us.append((_spent() - before) / len(users))


def _assign_once(wire: Wire, wishes: list[Wish], fact: str) -> tuple[float, list[Wish]]:
    """Find and assign for these users; the seconds on the wire, and who must be looked at again."""
    finding, assigning = script("proxies/find_candidates"), script("proxies/assign_proxies")
    searches = [wire.pack(finding, searching.search_of(wish)) for wish in wishes]
    answers, first = wire.ask(searches)
    found = [searching.found_in(answer) for answer in answers]
    packed = [
        wire.pack(assigning, _call(wish, each, fact))
        for wish, each in zip(wishes, found, strict=True)
    ]
    outcomes, second = wire.ask(packed)
    settled = [links.settled_in(outcome) for outcome in outcomes]
    wrong = [each for each in settled if each.outcome not in {"assigned", "changed"}]
    if wrong:
        message = f"there is room, and they are Pro: {wrong[0]}"
        raise AssertionError(message)
    again = [wish for wish, each in zip(wishes, settled, strict=True) if each.outcome == "changed"]
    return first + second, again


def _call(wish: Wish, found: Found, fact: str) -> Call:
    cell, now = cell_of(wish.user_id), clock.now()
    event = AssignmentChanged(cell, wish.user_id, f"bench.{fact}.{now}")
    work = Work(cell, follow=following(event))
    named, more = links.assignment_of(wish, found, admissions_of(wish.access), now)
    return Call({**named, "work": work.work}, [*work.rest, *more])


def _undo(users: Sequence[UserId]) -> None:
    """Take these users off their proxies again, so that every turn finds the same fleet."""
    now, cell = clock.now(), cell_of(users[0])
    work = Work(cell)
    calls = []
    for user_id, own in zip(users, links.of_users(users), strict=True):
        named, more = links.release_of(user_id, own, now)
        calls.append(Call({**named, "work": work.work}, [*work.rest, *more]))
    _set_ends(users, Millis(now - 1))
    script("proxies/release_proxies").run_each(calls)
    _set_ends(users, Millis(now + YEAR_MS))


def _set_ends(users: Sequence[UserId], end: Millis) -> None:
    with text_client().pipeline(transaction=False) as pipe:
        for user_id in users:
            pipe.hset(USERS.row(user_id), "expiration", end)
        pipe.zadd(PRO_ENDS(cell=cell_of(users[0])), {str(each): end for each in users})
        pipe.execute()


def _spent() -> float:
    """How many microseconds Redis has spent in scripts."""
    told = text_client().info("commandstats").get("cmdstat_evalsha", {})
    return float(told.get("usec", 0))
