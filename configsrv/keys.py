"""The keys of configurations: made when something changes, not when a client asks."""

from lantern_pro.store.keys import Key, Kind
from lantern_pro.types import Cell
from proxies.keys import WITHHELD

FREE_TABLE = Key(
    "config:free_table",
    Kind.HASH,
    "bucket, or bucket.country -> ids of its free proxies, by commas; `shape` -> what it was made "
    "from",
    app="configsrv",
)
FREE_CONFIG = Key(
    "config:free:{bucket}",
    Kind.HASH,
    "a bucket's configuration: body (a gzip file), tag, proxies (ids, by commas), sizes (of each "
    "proxy's part, by commas), variants (`country=tag` of those for a country, by commas)",
    app="configsrv",
)
FREE_CONFIG_IN = Key(
    "config:free:{bucket}:{country}",
    Kind.HASH,
    "a bucket's configuration for a country where one of its proxies is blocked: body, tag, "
    "proxies, sizes",
    app="configsrv",
)
USER_CONFIG = Key(
    "config:user:{user_id}",
    Kind.HASH,
    "the Pro part of a user's configuration: body (a gzip file), tag, admissions (of the "
    "devices, by commas), expiration (ms), country (where they told to be), proxies (ids, by "
    "commas), sizes (of their parts)",
    personal=True,
    app="configsrv",
)
RENEWALS = Key(
    "passes:renewals",
    Kind.ZSET,
    "Pro users whose configuration is made anew for the sake of its passes -> when, ms",
    app="configsrv",
)
CONFIG_ASKED = Key(
    "user:{user_id}:config_asked",
    Kind.STRING,
    "the user asked for their configuration by mail: when, ms",
    ttl="a day",
    app="configsrv",
)


def served_prefixes(cell: Cell) -> list[str]:
    """What the keys begin with that config-servers keep in memory and are told of."""
    return [f"{{c{cell}}}:config:", WITHHELD(cell=cell)]
