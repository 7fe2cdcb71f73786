"""How configurations are stored and read: one function a script, and plain reads."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from accounts.errors import NoSuchUser
from accounts.keys import USERS
from accounts.managers import Access
from configsrv import keys
from configsrv.errors import ConfigIsForPro, ConfigMailedLately, NoConfirmedEmail
from configsrv.reading import free_key, read_ids
from configsrv.render import Body
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.client import raw_client, text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies.keys import FLEET_VERSION, PROXIES_OF


@dataclass(frozen=True, slots=True)
class Bucket:
    """A free bucket's configuration; for one ``country``, or for all others.

    ``variants`` are the tags of those for a country. One without a body is to be taken away.
    """

    number: int
    body: Body | None
    country: str = ""
    variants: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name in the table."""
        return f"{self.number}.{self.country}" if self.country else str(self.number)

    def key(self, cell: Cell) -> str:
        """Where it is stored."""
        return free_key(cell, self.number, self.country)


@dataclass(frozen=True, slots=True)
class StoredBucket:
    """What is known of a bucket that is stored: its tag, and those of its variants by country."""

    tag: str | None
    variants: Mapping[str, str] | None


def populate_buckets(
    *, buckets: Sequence[Bucket], version: int, shape: str, work: Work
) -> Literal["populated", "changed"]:
    """Write free buckets that were made from a fleet of this version; ``shape`` ends a table."""
    told, position = [], 1
    for bucket in buckets:
        told.append(_as_told(bucket, position))
        position += len(bucket.body.content) if bucket.body else 0
    outcome = ledger.apply(
        "configsrv/populate_buckets",
        work,
        more=[bucket.key(work.cell) for bucket in buckets],
        fleet_version=FLEET_VERSION(cell=work.cell),
        free_table=keys.FREE_TABLE(cell=work.cell),
        version=version,
        shape=shape,
        buckets=json.dumps(told),
        bodies=b"".join(bucket.body.content for bucket in buckets if bucket.body),
    )
    match outcome:
        case ["populated"]:
            return "populated"
        case ["changed"]:
            return "changed"
    raise AssertionError(outcome)


def _as_told(bucket: Bucket, start: int) -> Mapping[str, str | int | bool]:
    if bucket.body is None:
        return {"field": bucket.name, "gone": True}
    return {
        "field": bucket.name,
        "proxies": _as_text(part.proxy_id for part in bucket.body.parts),
        "sizes": _as_text(part.size for part in bucket.body.parts),
        "tag": bucket.body.tag,
        "variants": ",".join(f"{country}={tag}" for country, tag in bucket.variants.items()),
        "start": start,
        "stop": start + len(bucket.body.content) - 1,
    }


def populate_user_config(  # noqa: PLR0913 - the script's arguments
    *,
    access: Access,
    admissions: Iterable[str],
    links: Sequence[ProxyId],
    version: int,
    body: Body,
    renewal: Millis | None,
    work: Work,
) -> Literal["populated", "changed"]:
    """Write the Pro part made from these; ``renewal`` is when it is made anew in any case."""
    credentials = access.credentials
    user_id = credentials.user_id
    outcome = ledger.apply(
        "configsrv/populate_user_config",
        work,
        user=USERS.row(user_id),
        mine=PROXIES_OF(user_id=user_id),
        fleet_version=FLEET_VERSION(cell=work.cell),
        config=keys.USER_CONFIG(user_id=user_id),
        renewals=keys.RENEWALS(cell=work.cell),
        user_id=user_id,
        expiration=credentials.expiration,
        country=access.country,
        seen=access.seen,
        version=version,
        links=_as_text(links),
        admissions=",".join(admissions),
        proxies=_as_text(part.proxy_id for part in body.parts),
        sizes=_as_text(part.size for part in body.parts),
        body=body.content,
        tag=body.tag,
        renewal="" if renewal is None else renewal,
    )
    match outcome:
        case ["populated"]:
            return "populated"
        case ["changed"]:
            return "changed"
    raise AssertionError(outcome)


def drop_user_config(*, user_id: UserId, now: Millis, work: Work) -> Literal["dropped", "changed"]:
    """Take the Pro part away from a user who is not Pro."""
    outcome = ledger.apply(
        "configsrv/drop_user_config",
        work,
        user=USERS.row(user_id),
        config=keys.USER_CONFIG(user_id=user_id),
        renewals=keys.RENEWALS(cell=work.cell),
        user_id=user_id,
        now=now,
    )
    match outcome:
        case ["dropped"]:
            return "dropped"
        case ["changed"]:
            return "changed"
    raise AssertionError(outcome)


def ask_for_config(
    *, user_id: UserId, now: Millis, pause_ms: int, follow: Sequence[NewJob]
) -> None:
    """Stage the mail with a user's configuration; each refusal is an error."""
    cell = cell_of(user_id)
    outcome = ledger.apply(
        "configsrv/ask_for_config",
        Work(cell, follow=follow),
        user=USERS.row(user_id),
        asked=keys.CONFIG_ASKED(user_id=user_id),
        now=now,
        pause_ms=pause_ms,
    )
    match outcome:
        case ["asked"]:
            return
        case ["lately", left_ms]:
            raise ConfigMailedLately(details={"retryAfter": -(-int(str(left_ms)) // 1000)})
        case ["not_pro"]:
            raise ConfigIsForPro
        case ["no_address"]:
            raise NoConfirmedEmail
        case ["no_such_user"]:
            raise NoSuchUser
    raise AssertionError(outcome)


def shape_of_table(cell: Cell) -> str:
    """What the stored table of free buckets was made from; empty before the first."""
    return text_client().hget(keys.FREE_TABLE(cell=cell), "shape") or ""


def stored_buckets(cell: Cell, buckets: Iterable[int]) -> list[StoredBucket]:
    """What is known of stored buckets."""
    with text_client().pipeline(transaction=False) as pipe:
        for bucket in buckets:
            pipe.hmget(free_key(cell, bucket), ["tag", "variants"])
        found = pipe.execute()
    return [StoredBucket(tag, _variants(variants)) for tag, variants in found]


def _variants(text: str | None) -> Mapping[str, str] | None:
    if text is None:
        return None
    pairs = (pair.partition("=") for pair in text.split(",") if pair)
    return {country: tag for country, _, tag in pairs}


def proxies_of_buckets(cell: Cell) -> dict[tuple[int, str], list[ProxyId]]:
    """The proxies that each stored bucket names, by its number and country (empty: all others)."""
    table = text_client().hgetall(keys.FREE_TABLE(cell=cell))
    named = {}
    for name, text in table.items():
        number, _, country = name.partition(".")
        if name != "shape":
            named[int(number), country] = read_ids(text)
    return named


def proxies_of_user_config(user_id: UserId) -> list[ProxyId] | None:
    """The proxies that the Pro part of a user's configuration names; None when there is none."""
    text = text_client().hget(keys.USER_CONFIG(user_id=user_id), "proxies")
    return None if text is None else read_ids(text)


def body_of_user_config(user_id: UserId) -> bytes | None:
    """The Pro part of a user's configuration as it is stored; None when there is none."""
    found = raw_client().hget(keys.USER_CONFIG(user_id=user_id), "body")
    return found if isinstance(found, bytes) else None


def _as_text(ids: Iterable[int]) -> str:
    return ",".join(str(each) for each in ids)
