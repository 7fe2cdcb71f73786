"""The keys of the fleet, of its links to users, and of what proxies read.

A proxy and its users live in one cell, so every change of a link is one script.
"""

from lantern_pro.store.keys import Key, Kind, Table
from lantern_pro.types import Cell, ProxyId

PROXIES = Table("proxy", "a proxy: where it is, how clients reach it, its state", app="proxies")

OPEN = Key("proxies:open", Kind.ZSET, "active Pro proxies with room -> load", app="proxies")
FREE = Key("proxies:free", Kind.ZSET, "active free proxies -> when added, ms", app="proxies")
WAITING = Key(
    "proxies:waiting", Kind.ZSET, "users who lack proxies -> since when, ms", app="proxies"
)
FLEET_VERSION = Key(
    "proxies:fleet_version",
    Kind.STRING,
    "raised whenever a proxy appears or changes what clients are told of it",
    app="proxies",
)

USERS = Key("proxy:{proxy_id}:users", Kind.ZSET, "its users -> since when, ms", app="proxies")
ADMISSIONS = Key(
    "proxy:{proxy_id}:admissions",
    Kind.SET,
    "whom it admits: HMAC-SHA256 (hex) of each device id, by its user's Pro token",
    app="proxies",
)
CHANGES = Key(
    "proxy:{proxy_id}:changes",
    Kind.STREAM,
    "what was done to its admissions: `<version>-0` -> op (admit or expel), admission, at "
    "(Redis's time, us)",
    ttl="the newest 10,000 or so",
    app="proxies",
)
HEARTBEAT = Key(
    "proxy:{proxy_id}:heartbeat",
    Kind.HASH,
    "what the proxy says of itself, whole each time: at (ms, its own clock), connections, software "
    "(its version), admissions (the version that it knows); perhaps bytes_in, bytes_out",
    ttl="as long as the proxy says",
    app="proxies",
)

PROXIES_OF = Key("user:{user_id}:proxies", Kind.ZSET, "their proxies -> since, ms", app="proxies")
ADMITTED = Key(
    "user:{user_id}:admitted",
    Kind.SET,
    "the admissions by which their proxies know their devices",
    app="proxies",
)


def link_keys(proxy_id: ProxyId) -> list[str]:
    """The keys of one proxy that a change of its links touches, as ``proxies/proxy_at`` reads."""
    return [
        PROXIES.row(proxy_id),
        USERS(proxy_id=proxy_id),
        ADMISSIONS(proxy_id=proxy_id),
        CHANGES(proxy_id=proxy_id),
    ]


def index_keys(cell: Cell) -> dict[str, str]:
    """The indexes of the table of proxies, by the names that ``proxies/add_proxy`` gives them."""
    return {
        "by_id": PROXIES.by("id", cell=cell),
        "by_created": PROXIES.by("created", cell=cell),
        "by_state": PROXIES.by("state", cell=cell),
        "by_track": PROXIES.by("track", cell=cell),
        "by_load": PROXIES.by("load", cell=cell),
        "lex_name": PROXIES.lex("name", cell=cell),
        "lex_addr": PROXIES.lex("addr", cell=cell),
        "unique_name": PROXIES.unique("name", cell=cell),
    }
