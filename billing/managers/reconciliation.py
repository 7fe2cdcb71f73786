"""Where walks over Stripe's lists are, and what they found that does not agree."""

import json
from dataclasses import asdict, dataclass
from typing import Final

from django.conf import settings

from billing.keys import DRIFT, PURCHASES, WALK, WALKING
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, Millis, PurchaseId

HERE: Final = Cell(0)
"""Walks are of the whole service, and kept in one place."""
HELD_MS: Final = 120_000


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


def keep_place(walk: str, *, after: str, walked: int, repaired: int) -> None:
    """Note that a page is done; with an empty ``after`` so is the window."""
    key = WALK(walk=walk, cell=HERE)
    with text_client().pipeline(transaction=True) as pipe:
        if after:
            pipe.hset(key, "after", after)
        else:
            pipe.hset(key, mapping={"done_until": place_of(walk).until, "until": 0, "after": ""})
        pipe.hincrby(key, "walked", walked)
        pipe.hincrby(key, "repaired", repaired)
        pipe.execute()


def purchases_between(
    since: Millis, until: Millis, *, after: str, most: int
) -> tuple[list[PurchaseId], str]:
    """Purchases of ours that began in a span of time, cell by cell; where the next page begins.

    One that is recorded meanwhile may push another onto the next page, where it comes once more.
    """
    cell, _, rank = (after or "0.0").partition(".")
    first = int(rank)
    index = PURCHASES.by("created", cell=Cell(int(cell)))
    found = text_client().zrangebyscore(index, since, f"({until}", start=first, num=most)
    if len(found) == most:
        next_page = f"{cell}.{first + most}"
    else:
        next_page = f"{int(cell) + 1}.0" if int(cell) + 1 < settings.CELLS else ""
    return [PurchaseId(each) for each in found], next_page


def take_the_walk(holder: str) -> bool:
    """Whether nobody else walks now; who walks says so again with each page."""
    client, key = text_client(), WALKING(cell=HERE)
    if client.set(key, holder, nx=True, px=HELD_MS):
        return True
    return bool(client.get(key) == holder and client.pexpire(key, HELD_MS))


def leave_the_walk(holder: str) -> None:
    """Let others walk."""
    client, key = text_client(), WALKING(cell=HERE)
    if client.get(key) == holder:
        client.delete(key)


def report(object_id: str, *, kind: str, purchase: str, now: Millis) -> None:
    """Note what does not agree; when it was first seen stays."""
    client, key = text_client(), DRIFT(cell=HERE)
    known = client.hget(key, object_id)
    first = json.loads(known)["first"] if known else now
    told = {"kind": kind, "purchase": purchase, "first": first, "last": now}
    client.hset(key, object_id, json.dumps(told))


def agree(*object_ids: str) -> int:
    """Forget what agrees now; how many did not before."""
    return int(text_client().hdel(DRIFT(cell=HERE), *object_ids)) if object_ids else 0


def drift() -> list[Drift]:
    """All that does not agree, the longest known first."""
    kept = text_client().hgetall(DRIFT(cell=HERE))
    found = [Drift(object_id=name, **json.loads(text)) for name, text in kept.items()]
    return sorted(found, key=lambda each: (each.first, each.object_id))


def as_dict(each: Drift) -> dict[str, object]:
    """A drift as plain values."""
    return asdict(each)
