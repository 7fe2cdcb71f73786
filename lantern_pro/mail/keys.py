"""What is remembered of the first sender, in each cell by itself."""

from lantern_pro.store.keys import Key, Kind

SILENT_SINCE = Key(
    "mail:silent_since",
    Kind.STRING,
    "since when the first sender has answered nothing, ms; absent while it answers",
    app="mail",
)
PROBED = Key(
    "mail:probed",
    Kind.STRING,
    "a silent first sender was just asked whether it is back",
    ttl="30 seconds",
    app="mail",
)
