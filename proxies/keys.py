"""The keys of the fleet, of its links to users, and of what proxies read.

A proxy and its users live in one cell, so every change of a link is one script.
"""

from lantern_pro.store.keys import Key, Kind, Table
from lantern_pro.store.untagged import Untagged
from lantern_pro.types import Cell, ProxyId

PROXIES = Table("proxy", "a proxy: where it is, how clients reach it, its state", app="proxies")

OPEN = Key(
    "proxies:open",
    Kind.ZSET,
    "open proxies (active, Pro, not down, with room) -> site * 2^21 + rank; the rank is the load, "
    "and 2^20 more while suspect",
    app="proxies",
)
OPEN_SITES = Key(
    "proxies:open_sites",
    Kind.ZSET,
    "sites with open proxies -> area * 2^21 + their lowest rank; and negated, in the area 31",
    app="proxies",
)
SITES = Key(
    "proxies:sites",
    Kind.HASH,
    "sites, for good: number -> area, place, provider, countries where blocked, by lines; and back",
    app="proxies",
)
OPENINGS = Key(
    "proxies:openings",
    Kind.STRING,
    "how often a proxy came to be open, or open to others",
    app="proxies",
)
SERVED = Key(
    "proxies:served",
    Kind.STRING,
    "up to which opening those who wait have all been looked at",
    app="proxies",
)
FREE = Key(
    "proxies:free",
    Kind.ZSET,
    "active free proxies that are not down -> when added, ms",
    app="proxies",
)
WITHHELD = Key(
    "proxies:withheld",
    Kind.HASH,
    "proxies that no configuration may name any more -> where: country codes by commas, or `*` for "
    "everywhere (retired). Config-servers keep it in memory and are told of changes",
    app="proxies",
)
WAITING = Key(
    "proxies:waiting", Kind.ZSET, "users who lack proxies -> since when, ms", app="proxies"
)
WATCHED = Key(
    "proxies:watched",
    Kind.STRING,
    "a worker has just looked at the heartbeats of all proxies",
    ttl="5 seconds",
    app="proxies",
)
FLEET_VERSION = Key(
    "proxies:fleet_version",
    Kind.STRING,
    "raised whenever a proxy appears or changes what clients are told of it",
    app="proxies",
)

BRIDGED = Key(
    "proxies:bridged",
    Kind.HASH,
    "proxies of 2016, whose own keys are kept in step -> the id of the server there",
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
    ttl="the newest 10,000 or so, until long after it was retired",
    app="proxies",
)
CARD = Key(
    "proxy:{proxy_id}:card",
    Kind.STRING,
    "what it must know besides: JSON {track, pass_keys (kid -> public key, base64), trust_seconds}",
    app="proxies",
)
CAPS = Key(
    "proxies:caps",
    Kind.STRING,
    "the data caps of free devices, as `_throttle` shall have them: JSON",
    app="proxies",
)
CLIENT = Untagged(
    "_client:{device_id}",
    Kind.HASH,
    "what a free device has used, raised by proxies: bytesIn, bytesOut, countryCode (clientIP by "
    "proxies of other years)",
    ttl="to the end of the day, week or month in its time zone",
    personal=True,
    app="proxies",
)
THROTTLE = Untagged(
    "_throttle",
    Kind.STRING,
    "data caps: JSON, country -> platform -> list of caps",
    app="proxies",
)
DEVICES_SEEN = Untagged(
    "_devices:{country}:{date}:{cohort}",
    Kind.SET,
    "devices seen; written by proxies of other years alone",
    ttl="4 days",
    personal=True,
    app="proxies",
)
LAST_SEEN = Untagged(
    "_deviceLastSeen:{country}:{cohort}:{device_id}",
    Kind.STRING,
    "when a device was seen last; written by proxies of other years alone",
    ttl="60 days",
    personal=True,
    app="proxies",
)
FIRST_THROTTLED = Untagged(
    "_deviceFirstThrottled:{device_id}",
    Kind.STRING,
    "when a device met its cap first; written by proxies of other years alone",
    ttl="60 days",
    personal=True,
    app="proxies",
)
ACCESS = Key(
    "proxies:access",
    Kind.HASH,
    "proxy id -> SHA-256 of the passwords of its Redis user, by commas; empty once revoked",
    app="proxies",
)
CARDS = Key("proxies:cards", Kind.STRING, "what all cards were made from", app="proxies")
HEARTBEAT = Key(
    "proxy:{proxy_id}:heartbeat",
    Kind.HASH,
    "what the proxy says of itself, whole each time: at (ms, its own clock), connections, software "
    "(its version), admissions (the version that it knows); perhaps bytes_in, bytes_out",
    ttl="a minute after the last was seen",
    app="proxies",
)
WATCH = Key(
    "proxy:{proxy_id}:watch",
    Kind.HASH,
    "what was seen of its heartbeats: pulse (the last `at`), heard (when that was new, ms by "
    "Redis's clock), watched (when last looked, ms), silence (ms of looking without a new one)",
    ttl="a week after the last look",
    app="proxies",
)
MOVING = Key(
    "proxy:{proxy_id}:moving",
    Kind.HASH,
    "how far the last moving of its users is: reason, since (ms), moved, dropped (left without "
    "another: they wait), stayed, left (still with it), seen or ended (ms)",
    ttl="a week after the last page",
    app="proxies",
)
HISTORY = Key(
    "proxy:{proxy_id}:history",
    Kind.LIST,
    "what became of the proxy, the newest first, the last 100: JSON {at (ms), what, why}",
    app="proxies",
)

PROXIES_OF = Key("user:{user_id}:proxies", Kind.ZSET, "their proxies -> since, ms", app="proxies")
MOVES_OF = Key(
    "user:{user_id}:moves",
    Kind.STRING,
    "how often the user was moved off a proxy",
    ttl="a day after the first",
    app="proxies",
)
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


def open_keys(cell: Cell) -> dict[str, str]:
    """The indexes by load that ``proxies/count_users`` keeps, by their names in scripts."""
    return {
        "by_load": PROXIES.by("load", cell=cell),
        "open": OPEN(cell=cell),
        "open_sites": OPEN_SITES(cell=cell),
        "openings": OPENINGS(cell=cell),
    }


def settled_keys(proxy_id: ProxyId, cell: Cell) -> dict[str, str]:
    """What a change of a proxy's state settles, by the names of ``proxies/settle_proxy``."""
    return {
        "users": USERS(proxy_id=proxy_id),
        "history": HISTORY(proxy_id=proxy_id),
        **open_keys(cell),
        "sites": SITES(cell=cell),
        "free": FREE(cell=cell),
        "withheld": WITHHELD(cell=cell),
        "fleet_version": FLEET_VERSION(cell=cell),
    }


def index_keys(cell: Cell) -> dict[str, str]:
    """The indexes of the table of proxies, by the names of ``proxies/add_proxy``; but for load."""
    return {
        "by_id": PROXIES.by("id", cell=cell),
        "by_created": PROXIES.by("created", cell=cell),
        "by_state": PROXIES.by("state", cell=cell),
        "by_track": PROXIES.by("track", cell=cell),
        "by_health": PROXIES.by("health", cell=cell),
        "lex_name": PROXIES.lex("name", cell=cell),
        "lex_addr": PROXIES.lex("addr", cell=cell),
        "lex_provider": PROXIES.lex("provider", cell=cell),
        "lex_country_code": PROXIES.lex("country_code", cell=cell),
        "unique_name": PROXIES.unique("name", cell=cell),
    }
