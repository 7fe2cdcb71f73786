"""Making configurations, when something changes.

What a configuration is made from is read first; the script writes only if it is still so, and
else answers ``changed``. So of two that run at once the older never overwrites the newer.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from django.conf import settings

from accounts.models import User
from accounts.services.tokens import admissions_of
from configsrv import managers
from configsrv.errors import SourcesKeptChanging
from configsrv.managers import Bucket
from configsrv.render import Body, render
from configsrv.services.drawing import FreeFleet
from lantern_pro import clock
from lantern_pro.jobs.job import Fence, NewJob, Work
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, UserId
from proxies.models import Proxy
from proxies.records import ProxyRecord
from proxies.services import passes

TRIES: Final = 20
FORMAT: Final = 2
"""Of what is stored; with another, all is made anew."""


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
        named = [each for each in Proxy.objects.records(links) if each.serves]
        admissions = admissions_of(access)
        when = passes.validity(user_id, access.credentials.expiration)
        written = managers.populate_user_config(
            access=access,
            admissions=admissions,
            links=links,
            version=version,
            body=_with_passes(named, admissions, when),
            renewal=when.renewal,
            work=work,
        )
        if written != "changed":
            return
    raise SourcesKeptChanging


def _with_passes(
    proxies: Sequence[ProxyRecord], admissions: Sequence[str], when: passes.Validity
) -> Body:
    """The configuration with a pass for each proxy."""
    return render(proxies, {each.id: passes.issue(each.id, admissions, when) for each in proxies})


def populate_free_table(
    cell: Cell, first: int, fence: Fence, page_from: Callable[[int], NewJob]
) -> None:
    """Make a page of the free buckets, from ``first``. The job is done then.

    When there are more, the next page's job is staged. A bucket whose configurations stay as they
    are is not written, so the servers keep what they have in memory.
    """
    for _ in range(TRIES):
        fleet = FreeFleet.read(cell)
        stop = min(first + fleet.page, settings.FREE_BUCKETS)
        is_last = stop == settings.FREE_BUCKETS
        outcome = managers.populate_buckets(
            buckets=_changed_buckets(cell, range(first, stop), fleet),
            version=fleet.version,
            shape=_shape(fleet.version) if is_last else "",
            work=Work(cell, fence, () if is_last else (page_from(stop),)),
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


def _changed_buckets(cell: Cell, numbers: Sequence[int], fleet: FreeFleet) -> list[Bucket]:
    changed = []
    for number, stored in zip(numbers, managers.stored_buckets(cell, numbers), strict=True):
        variants = fleet.variants(number)
        body = variants.pop("")
        tags = {country: variant.tag for country, variant in variants.items()}
        if (stored.tag, stored.variants) == (body.tag, tags):
            continue
        changed.append(Bucket(number, body, variants=tags))
        changed += [Bucket(number, variant, country) for country, variant in variants.items()]
        changed += [
            Bucket(number, None, gone) for gone in stored.variants or () if gone not in tags
        ]
    return changed


def _shape(version: int) -> str:
    """The fleet's version, and a mark of the settings that the table depends on."""
    secret = hashlib.sha256(settings.PLACEMENT_SECRET).hexdigest()
    told = f"{settings.FREE_BUCKETS}|{settings.FREE_PROXIES_PER_BUCKET}|{secret}|{FORMAT}"
    return f"{version}.{hashlib.sha256(told.encode()).hexdigest()[:12]}"
