"""Making configurations, when something changes.

What a configuration is made from is read first; the script writes only if it is still so, and
else answers ``changed``. So of two that run at once the older never overwrites the newer.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from django.conf import settings

from accounts.models import User
from accounts.services.tokens import admissions_of
from configsrv import managers
from configsrv.errors import SourcesKeptChanging
from configsrv.managers import Bucket
from configsrv.placement import proxies_of_bucket
from configsrv.render import render
from lantern_pro import clock
from lantern_pro.jobs.job import Fence, NewJob, Work
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, UserId
from proxies.models import Proxy
from proxies.records import State

TRIES: Final = 20
PAGE: Final = 256
"""How many buckets one script writes; a larger table is written by one job after another."""


def populate_user_config(user_id: UserId, fence: Fence) -> None:
    """Make the Pro part of a user's configuration, or take it away. The job is done then."""
    work = Work.of(fence)
    for _ in range(TRIES):
        access = User.objects.get_access(user_id)
        now = clock.now()
        if access is None or access.credentials.expiration <= now:
            outcome = managers.drop_user_config(user_id=user_id, now=now, work=work)
            if outcome != "changed":
                return
            continue
        version = Proxy.objects.fleet_version(cell_of(user_id))
        links = Proxy.objects.of_user(user_id)
        named = [each for each in Proxy.objects.records(links) if each.state is State.ACTIVE]
        written = managers.populate_user_config(
            access=access,
            admissions=admissions_of(access),
            links=links,
            version=version,
            proxies=[each.id for each in named],
            body=render(named),
            work=work,
        )
        if written != "changed":
            return
    raise SourcesKeptChanging


def populate_free_table(cell: Cell, first: int, fence: Fence, next_page: NewJob) -> None:
    """Make a page of the free buckets, from ``first``. The job is done then.

    ``next_page`` is staged when there are more. A bucket whose configuration stays as it is, is
    not written, so the servers keep what they have in memory.
    """
    stop = min(first + PAGE, settings.FREE_BUCKETS)
    is_last = stop == settings.FREE_BUCKETS
    work = Work(cell, fence, () if is_last else (next_page,))
    for _ in range(TRIES):
        version = Proxy.objects.fleet_version(cell)  # first: what is read after it is no older
        outcome = managers.populate_buckets(
            buckets=_changed_buckets(cell, range(first, stop)),
            version=version,
            shape=_shape(version) if is_last else "",
            work=work,
        )
        if outcome != "changed":
            return
    raise SourcesKeptChanging


def stale_shape(cell: Cell) -> str | None:
    """The shape that the table of free buckets should have, if it has another.

    Jobs follow every change of the fleet; this finds a change of the settings.
    """
    shape = _shape(Proxy.objects.fleet_version(cell))
    return None if managers.shape_of_table(cell) == shape else shape


def _changed_buckets(cell: Cell, numbers: Sequence[int]) -> list[Bucket]:
    stored = managers.tags_of_buckets(cell, numbers)
    fleet = Proxy.objects.active_free(cell)
    records = {each.id: each for each in Proxy.objects.records(fleet)}
    changed = []
    for number, tag in zip(numbers, stored, strict=True):
        drawn = proxies_of_bucket(
            number, fleet, settings.PLACEMENT_SECRET, settings.FREE_PROXIES_PER_BUCKET
        )
        body = render([records[each] for each in drawn])
        if body.tag != tag:
            changed.append(Bucket(number, drawn, body))
    return changed


def _shape(version: int) -> str:
    """The fleet's version, and a mark of the settings that the table depends on."""
    secret = hashlib.sha256(settings.PLACEMENT_SECRET).hexdigest()
    told = f"{settings.FREE_BUCKETS}|{settings.FREE_PROXIES_PER_BUCKET}|{secret}"
    return f"{version}.{hashlib.sha256(told.encode()).hexdigest()[:12]}"
