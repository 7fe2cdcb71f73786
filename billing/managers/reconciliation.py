"""Where walks over Stripe's lists are, and what they found that does not agree."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Literal, cast

from django.conf import settings

from billing.keys import DRIFT, PURCHASES, SUBSCRIPTIONS, WALK, WALKING
from lantern_pro.jobs.job import Fence
from lantern_pro.store.backend.encoding import tag
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import Table, text_id
from lantern_pro.store.scripts import Call, script
from lantern_pro.types import Cell, Millis, PurchaseId, SubscriptionId

HERE: Final = Cell(0)
"""Walks are of the whole service, and kept in one place."""
HELD_MS: Final = 120_000
Dismissal = Literal["dismissed", "dismissed_before", "changed", "agrees"]
_OPEN: Final = "open"
_DISMISSED: Final = "dismissed"
_INDEXED: Final = ("id", "first", "last", "state")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk is. ``until`` is 0 between two windows; moments in ms."""

    since: Millis
    until: Millis
    after: str
    done_until: Millis
    begun: Millis
    walked: int
    repaired: int


@dataclass(frozen=True, slots=True)
class Drift:
    """Something at Stripe that the purchases here do not agree with, or not yet."""

    object_id: str
    kind: str
    purchase: str
    first: Millis
    last: Millis
    fact: str = ""
    reason: str = ""

    @property
    def row_id(self) -> str:
        """The id of its row."""
        return _drift_id(self.object_id)


def place_of(walk: str) -> Place:
    """Where a walk is."""
    kept = text_client().hgetall(WALK(walk=walk, cell=HERE))
    return Place(
        since=Millis(int(kept.get("since", 0))),
        until=Millis(int(kept.get("until", 0))),
        after=kept.get("after", ""),
        done_until=Millis(int(kept.get("done_until", 0))),
        begun=Millis(int(kept.get("begun", 0))),
        walked=int(kept.get("walked", 0)),
        repaired=int(kept.get("repaired", 0)),
    )


def open_window(walk: str, *, since: Millis, until: Millis, now: Millis) -> None:
    """Begin to walk a span of time."""
    told = {"since": since, "until": until, "after": "", "begun": now}
    text_client().hset(WALK(walk=walk, cell=HERE), mapping=told)


def keep_place(walk: str, holder: Fence, *, after: str, walked: int, repaired: int) -> bool:
    """Note that a page is done; with an empty ``after`` so is the window. False: another walks."""
    outcome = script("billing/keep_place")(
        walk=WALK(walk=walk, cell=HERE),
        walking=WALKING(cell=HERE),
        job=holder.job_id,
        epoch=holder.epoch,
        after=after,
        walked=walked,
        repaired=repaired,
    )
    match outcome:
        case ["kept"]:
            return True
        case ["not_held"]:
            return False
    raise AssertionError(outcome)


def purchases_between(
    since: Millis, until: Millis, *, after: str, most: int
) -> tuple[list[PurchaseId], str]:
    """Purchases of ours that began in a span of time; where the next page begins."""
    found, next_page = _begun_between(PURCHASES, since, until, after=after, most=most)
    return [PurchaseId(each) for each in found], next_page


def subscriptions_between(
    since: Millis, until: Millis, *, after: str, most: int
) -> tuple[list[SubscriptionId], str]:
    """Subscriptions of ours that began in a span of time; where the next page begins."""
    found, next_page = _begun_between(SUBSCRIPTIONS, since, until, after=after, most=most)
    return [SubscriptionId(each) for each in found], next_page


def count_purchases(since: Millis, until: Millis) -> int:
    """How many purchases of ours began in a span of time."""
    return _count_begun(PURCHASES, since, until)


def count_subscriptions(since: Millis, until: Millis) -> int:
    """How many subscriptions of ours began in a span of time."""
    return _count_begun(SUBSCRIPTIONS, since, until)


def _count_begun(table: Table, since: Millis, until: Millis) -> int:
    indexes = [table.by("created", cell=Cell(cell)) for cell in range(settings.CELLS)]
    return sum(int(text_client().zcount(each, since, f"({until}")) for each in indexes)


def _begun_between(
    table: Table, since: Millis, until: Millis, *, after: str, most: int
) -> tuple[list[str], str]:
    """Rows that began in a span of time, cell by cell.

    One that is recorded meanwhile may push another onto the next page, where it comes once more.
    """
    cell, _, rank = (after or "0.0").partition(".")
    first = int(rank)
    index = table.by("created", cell=Cell(int(cell)))
    found = text_client().zrangebyscore(index, since, f"({until}", start=first, num=most)
    if len(found) == most:
        return found, f"{cell}.{first + most}"
    return found, f"{int(cell) + 1}.0" if int(cell) + 1 < settings.CELLS else ""


def take_the_walk(holder: Fence) -> bool:
    """Whether nobody else walks now; who walks says so again with each page."""
    outcome = script("billing/take_walk")(
        walking=WALKING(cell=HERE), job=holder.job_id, epoch=holder.epoch, held_ms=HELD_MS
    )
    match outcome:
        case ["taken"]:
            return True
        case ["held"]:
            return False
    raise AssertionError(outcome)


def leave_the_walk(holder: Fence) -> None:
    """Let others walk; nothing when they do already."""
    outcome = script("billing/leave_walk")(
        walking=WALKING(cell=HERE), job=holder.job_id, epoch=holder.epoch
    )
    match outcome:
        case ["left" | "not_held"]:
            return
    raise AssertionError(outcome)


def report(object_id: str, *, kind: str, purchase: str, fact: str, now: Millis) -> bool:
    """Note what does not agree; False when staff have dismissed just this.

    When it was first seen stays. ``fact`` is the same as long as nothing of it changes.
    """
    outcome = script("billing/report_drift")(
        **_drift_keys(object_id),
        drift_id=_drift_id(object_id),
        kind=kind,
        purchase=purchase,
        fact=fact,
        now=now,
    )
    match outcome:
        case ["open"]:
            return True
        case ["dismissed"]:
            return False
    raise AssertionError(outcome)


def put_behind(each: Drift, *, now: Millis) -> None:
    """Let all others have their turn before this one, whatever comes of looking at it."""
    report(each.object_id, kind=each.kind, purchase=each.purchase, fact=each.fact, now=now)


def agree(*object_ids: str) -> int:
    """Forget what agrees now; how many did not before."""
    calls = [
        Call({**_drift_keys(object_id), "drift_id": _drift_id(object_id)})
        for object_id in object_ids
    ]
    forgotten = 0
    for outcome in script("billing/forget_drift").run_each(calls):
        match outcome:
            case ["forgotten"]:
                forgotten += 1
            case ["unknown"]:
                pass
            case _:
                raise AssertionError(outcome)
    return forgotten


def dismiss(object_id: str, *, fact: str, reason: str) -> Dismissal:
    """Take one out of what is to be seen to, as long as it stays as it was shown."""
    outcome = script("billing/dismiss_drift")(
        drift=DRIFT.row(_drift_id(object_id)),
        by_state=DRIFT.by("state", cell=HERE),
        fact=fact,
        reason=reason,
    )
    match outcome:
        case ["dismissed" | "dismissed_before" | "changed" | "agrees"]:
            return cast("Dismissal", outcome[0])
    raise AssertionError(outcome)


def drift() -> list[Drift]:
    """All that is to be seen to, the longest known first."""
    return _in_state(_OPEN)


def dismissed() -> list[Drift]:
    """All that staff have dismissed, and that is as it was then."""
    return _in_state(_DISMISSED)


def count_dismissed() -> int:
    """How many there are of those; no row is read for it."""
    index = DRIFT.by("state", cell=HERE)
    return int(text_client().zcount(index, tag(_DISMISSED), tag(_DISMISSED)))


def _in_state(state: str) -> list[Drift]:
    ids = text_client().zrangebyscore(DRIFT.by("state", cell=HERE), tag(state), tag(state))
    found = [each for each, known in _read(ids) if known == state]
    return sorted(found, key=lambda each: (each.first, each.row_id))


def least_looked_at(*, before: Millis, most: int) -> list[Drift]:
    """What was not looked at since a moment, dismissed or not; what waits longest comes first."""
    index = DRIFT.by("last", cell=HERE)
    ids = text_client().zrangebyscore(index, 0, f"({before}", start=0, num=most)
    return [each for each, _ in _read(ids)]


def _read(ids: Sequence[str]) -> list[tuple[Drift, str]]:
    with text_client().pipeline(transaction=False) as pipe:
        for drift_id in ids:
            pipe.hgetall(DRIFT.row(drift_id))
        rows = [row for row in pipe.execute() if row]
    return [(_drift_of(row), row["state"]) for row in rows]


def _drift_of(row: dict[str, str]) -> Drift:
    return Drift(
        object_id=row["id"].partition(".")[2],
        kind=row["kind"],
        purchase=row["purchase"],
        first=Millis(int(row["first"])),
        last=Millis(int(row["last"])),
        fact=row["fact"],
        reason=row.get("reason", ""),
    )


def _drift_id(object_id: str) -> str:
    return text_id(HERE, object_id)


def _drift_keys(object_id: str) -> dict[str, str]:
    row = DRIFT.row(_drift_id(object_id))
    return {"drift": row} | {f"by_{name}": DRIFT.by(name, cell=HERE) for name in _INDEXED}


def as_dict(each: Drift) -> dict[str, object]:
    """A drift as plain values."""
    return asdict(each)
