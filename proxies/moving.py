"""How the moving of users off proxies is stored and read."""

from dataclasses import dataclass
from typing import Final

from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Work
from lantern_pro.store.backend.encoding import tag
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies import keys
from proxies.records import Health, State

WIDTH: Final = 28
_NO_PLACE: Final = (State.DRAINING, State.RETIRED)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of some users of a proxy: moved, off it without another, or still with it."""

    moved: int = 0
    dropped: int = 0
    stayed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the last moving of a proxy's users is; ``left`` are those still with it."""

    reason: str
    since: Millis
    tally: Tally
    left: int
    ended: Millis | None

    @property
    def done(self) -> int:
        """How many have been looked at."""
        return self.tally.moved + self.tally.dropped + self.tally.stayed

    @property
    def total(self) -> int:
        """How many there were to look at."""
        return max(self.done, self.tally.moved + self.tally.dropped + self.left)


def note_moves(  # noqa: PLR0913 - the script's arguments
    *,
    proxy_id: ProxyId,
    reason: str,
    now: Millis,
    since: Millis,
    tally: Tally,
    is_last: bool,
    work: Work,
) -> None:
    """Note how far the moving is. The job is done then, and the next page staged."""
    ledger.apply(
        "proxies/note_moves",
        work,
        moving=keys.MOVING(proxy_id=proxy_id),
        users=keys.USERS(proxy_id=proxy_id),
        reason=reason,
        now=now,
        since=since,
        moved=tally.moved,
        dropped=tally.dropped,
        stayed=tally.stayed,
        is_last=int(is_last),
    )


def progress_of(proxy_id: ProxyId) -> Progress | None:
    """How far the last moving of a proxy's users is; None when there was none lately."""
    told = text_client().hgetall(keys.MOVING(proxy_id=proxy_id))
    if not told:
        return None
    return Progress(
        told["reason"],
        Millis(int(told["since"])),
        Tally(int(told["moved"]), int(told["dropped"]), int(told["stayed"])),
        int(told["left"]),
        Millis(int(told["ended"])) if "ended" in told else None,
    )


def to_be_emptied(cell: Cell) -> list[ProxyId]:
    """Proxies with users whom they may serve no longer: draining, retired, down, or blocked."""
    with text_client().pipeline(transaction=False) as pipe:
        for state in _NO_PLACE:
            mark = tag(state.value)
            pipe.zrangebyscore(keys.PROXIES.by("state", cell=cell), mark, mark)
        mark = tag(Health.DOWN.value)
        pipe.zrangebyscore(keys.PROXIES.by("health", cell=cell), mark, mark)
        pipe.hkeys(keys.WITHHELD(cell=cell))
        found = sorted({ProxyId(int(each)) for ids in pipe.execute() for each in ids})
        for proxy_id in found:
            pipe.zcard(keys.USERS(proxy_id=proxy_id))
        counted = pipe.execute()
    return [proxy_id for proxy_id, count in zip(found, counted, strict=True) if count]


def page_of_proxies(cell: Cell, *, after: ProxyId, most: int) -> list[ProxyId]:
    """The proxies of a cell in the order of their ids, behind ``after``."""
    index = keys.PROXIES.by("id", cell=cell)
    found = text_client().zrangebyscore(index, f"({after}", "+inf", start=0, num=most)
    return [ProxyId(int(each)) for each in found]


def linked_before(
    proxies: list[ProxyId], moment: Millis, *, share: int
) -> list[tuple[ProxyId, UserId]]:
    """Links of these proxies that are older, the oldest first; of each proxy's users a share.

    A share of 24 is a twenty-fourth of them, and one at least.
    """
    with text_client().pipeline(transaction=False) as pipe:
        for proxy_id in proxies:
            pipe.zcard(keys.USERS(proxy_id=proxy_id))
        counted = pipe.execute()
        for proxy_id, count in zip(proxies, counted, strict=True):
            most = -(-count // share)
            pipe.zrangebyscore(keys.USERS(proxy_id=proxy_id), "-inf", moment, start=0, num=most)
        found = pipe.execute()
    return [
        (proxy_id, UserId(int(each)))
        for proxy_id, users in zip(proxies, found, strict=True)
        for each in users
    ]


def bar_of(progress: Progress | None) -> str:
    """A line that says how far a moving is."""
    if progress is None:
        return f"[{'.' * WIDTH}] waits for a worker"
    total, done = progress.total, progress.done
    full = WIDTH if total == 0 else WIDTH * done // total
    tally = progress.tally
    told = f"[{'#' * full}{'.' * (WIDTH - full)}] {done:,}/{total:,}: {tally.moved:,} moved"
    if tally.dropped:
        told += f", {tally.dropped:,} left and wait for room"
    if tally.stayed:
        told += f", {tally.stayed:,} stay"
    return told
