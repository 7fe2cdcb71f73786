"""How configurations are stored and read: one function a script, and plain reads."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from accounts.errors import NoSuchUser
from accounts.keys import USERS
from accounts.managers import Access
from configsrv import keys
from configsrv.errors import ConfigIsForPro, ConfigMailedLately, NoConfirmedEmail
from configsrv.render import NOTHING, Body
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.client import quick_client, text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies.keys import FLEET_VERSION, PROXIES_OF


@dataclass(frozen=True, slots=True)
class Bucket:
    """A free bucket's configuration, and the proxies that it names."""

    number: int
    proxies: Sequence[ProxyId]
    body: Body


@dataclass(frozen=True, slots=True)
class UserConfig:
    """The Pro part of a configuration: for the devices of its user's account, until it expires."""

    admissions: frozenset[str]
    expiration: Millis
    body: Body


def populate_buckets(
    *, buckets: Sequence[Bucket], version: int, shape: str, work: Work
) -> Literal["populated", "changed"]:
    """Write free buckets that were made from a fleet of this version; ``shape`` ends a table."""
    told, position = [], 1
    for bucket in buckets:
        size = len(bucket.body.content)
        told.append(
            {
                "bucket": bucket.number,
                "proxies": _as_text(bucket.proxies),
                "tag": bucket.body.tag,
                "start": position,
                "stop": position + size - 1,
            }
        )
        position += size
    outcome = ledger.apply(
        "configsrv/populate_buckets",
        work,
        more=[keys.FREE_CONFIG(bucket=bucket.number, cell=work.cell) for bucket in buckets],
        fleet_version=FLEET_VERSION(cell=work.cell),
        free_table=keys.FREE_TABLE(cell=work.cell),
        version=version,
        shape=shape,
        buckets=json.dumps(told),
        bodies=b"".join(bucket.body.content for bucket in buckets),
    )
    match outcome:
        case ["populated"]:
            return "populated"
        case ["changed"]:
            return "changed"
    raise AssertionError(outcome)


def populate_user_config(  # noqa: PLR0913 - the script's arguments
    *,
    access: Access,
    admissions: Iterable[str],
    links: Sequence[ProxyId],
    version: int,
    proxies: Sequence[ProxyId],
    body: Body,
    work: Work,
) -> Literal["populated", "changed"]:
    """Write the Pro part of a configuration made from this access, these links and fleet."""
    credentials = access.credentials
    user_id = credentials.user_id
    outcome = ledger.apply(
        "configsrv/populate_user_config",
        work,
        user=USERS.row(user_id),
        mine=PROXIES_OF(user_id=user_id),
        fleet_version=FLEET_VERSION(cell=work.cell),
        config=keys.USER_CONFIG(user_id=user_id),
        expiration=credentials.expiration,
        seen=access.seen,
        version=version,
        links=_as_text(links),
        admissions=",".join(admissions),
        proxies=_as_text(proxies),
        body=body.content,
        tag=body.tag,
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


def tags_of_buckets(cell: Cell, buckets: Iterable[int]) -> list[str | None]:
    """The tags of stored buckets; None for one that is not stored."""
    with text_client().pipeline(transaction=False) as pipe:
        for bucket in buckets:
            pipe.hget(keys.FREE_CONFIG(bucket=bucket, cell=cell), "tag")
        return list(pipe.execute())


def proxies_of_buckets(cell: Cell) -> dict[int, list[ProxyId]]:
    """The proxies that each stored bucket names."""
    table = text_client().hgetall(keys.FREE_TABLE(cell=cell))
    return {int(bucket): _ids(text) for bucket, text in table.items() if bucket != "shape"}


def proxies_of_user_config(user_id: UserId) -> list[ProxyId] | None:
    """The proxies that the Pro part of a user's configuration names; None when there is none."""
    text = text_client().hget(keys.USER_CONFIG(user_id=user_id), "proxies")
    return None if text is None else _ids(text)


def read_configs(names: Sequence[str]) -> list[Body | UserConfig | None]:
    """Read stored configurations, free or of users, by key, in one round trip that fails soon."""
    fields = ["body", "tag", "admissions", "expiration"]
    with quick_client().pipeline(transaction=False) as pipe:
        for name in names:
            pipe.hmget(name, fields)
        return [_read(*values) for values in pipe.execute()]


def _read(
    content: bytes | None, tag: bytes | None, admissions: bytes | None, expiration: bytes | None
) -> Body | UserConfig | None:
    if content is None or tag is None:
        return None
    body = Body(content, tag.decode()) if content else NOTHING
    if admissions is None or expiration is None:
        return body
    return UserConfig(frozenset(admissions.decode().split(",")), Millis(int(expiration)), body)


def free_key(cell: Cell, bucket: int) -> str:
    """The key of a bucket's configuration."""
    return keys.FREE_CONFIG(bucket=bucket, cell=cell)


def user_key(user_id: UserId) -> str:
    """The key of the Pro part of a user's configuration."""
    return keys.USER_CONFIG(user_id=user_id)


def _as_text(ids: Iterable[ProxyId]) -> str:
    return ",".join(str(each) for each in ids)


def _ids(text: str) -> list[ProxyId]:
    return [ProxyId(int(each)) for each in text.split(",") if each]
