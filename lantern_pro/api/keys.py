"""The keys by which calls are counted. They name nobody: what is counted by is a keyed hash."""

from lantern_pro.store.keys import Key, Kind

LIMIT = Key(
    "limit:{family}:{scope}:{digest}",
    Kind.STRING,
    "calls of a family, counted by network, device or account: when it would be empty again, ms",
    ttl="until it is empty again: an hour at most, a week for a receipt",
    app="api",
)
REPEATED = Key(
    "repeated:{family}:{digest}",
    Kind.STRING,
    "a call that may be repeated without being counted again: how often it came",
    ttl="an hour, or a day for a guess at a receipt",
    app="api",
)
