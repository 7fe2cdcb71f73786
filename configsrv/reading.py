"""Reading what config-servers serve: configurations, and whom they may not name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from configsrv import keys
from configsrv.render import NOTHING, Body, Part
from configsrv.withheld import Withheld
from lantern_pro.store.client import quick_client, text_client
from lantern_pro.store.keys import split_cell
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies.keys import WITHHELD


@dataclass(frozen=True, slots=True)
class UserConfig:
    """The Pro part of a configuration: for the devices of its user's account, until it expires.

    ``country`` is where they last told to be; empty when they never did.
    """

    admissions: frozenset[str]
    expiration: Millis
    body: Body
    country: str = ""


Served = Body | UserConfig | Withheld | None


def read_ids(text: str) -> list[ProxyId]:
    """Read ids by commas."""
    return [ProxyId(int(each)) for each in text.split(",") if each]


def withheld(cell: Cell) -> Withheld:
    """Whom no configuration may name now."""
    return Withheld.read(text_client().hgetall(WITHHELD(cell=cell)))


def read_configs(names: Sequence[str]) -> list[Served]:
    """Read what is served, by key, in one round trip that fails soon.

    That is configurations, free or of users, and ``withheld_key`` whom they may not name.
    """
    fields = ["body", "tag", "proxies", "sizes", "admissions", "expiration", "country"]
    with quick_client().pipeline(transaction=False) as pipe:
        for name in names:
            if _is_withheld(name):
                pipe.hgetall(name)
            else:
                pipe.hmget(name, fields)
        found = pipe.execute()
    return [
        _read_withheld(each) if _is_withheld(name) else _read(*each)
        for name, each in zip(names, found, strict=True)
    ]


def _read_withheld(told: Mapping[bytes, bytes]) -> Withheld:
    return Withheld.read({each.decode(): places.decode() for each, places in told.items()})


def _read(*values: bytes | None) -> Body | UserConfig | None:
    content, *rest = values
    tag, proxies, sizes, admissions, expiration, country = (
        None if each is None else each.decode() for each in rest
    )
    if content is None or tag is None:
        return None
    body = Body(content, tag, _parts(proxies or "", sizes or "")) if content else NOTHING
    if admissions is None or expiration is None:
        return body
    devices = frozenset(admissions.split(","))
    return UserConfig(devices, Millis(int(expiration)), body, country or "")


def _parts(proxies: str, sizes: str) -> tuple[Part, ...]:
    """What each part of a body is about; nothing is known of a body that has no sizes."""
    if not sizes:
        return ()
    pairs = zip(read_ids(proxies), sizes.split(","), strict=True)
    return tuple(Part(proxy_id, int(size)) for proxy_id, size in pairs)


def free_key(cell: Cell, bucket: int, country: str = "") -> str:
    """The key of a bucket's configuration, for one country or for all others."""
    if country:
        return keys.FREE_CONFIG_IN(bucket=bucket, country=country, cell=cell)
    return keys.FREE_CONFIG(bucket=bucket, cell=cell)


def user_key(user_id: UserId) -> str:
    """The key of the Pro part of a user's configuration."""
    return keys.USER_CONFIG(user_id=user_id)


def withheld_key(cell: Cell) -> str:
    """The key of those whom no configuration may name."""
    return WITHHELD(cell=cell)


def _is_withheld(name: str) -> bool:
    return WITHHELD.matches(split_cell(name)[1])
