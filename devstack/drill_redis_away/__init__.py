"""``make drill-redis-away``: Redis is stopped for a simulated hour, and proxies go on.

Real processes: a Redis with its append-only file, and four reference proxies, each with its own
user on Redis and a clock that this drill sets. The service's side (jobs, configurations) runs in
the drill's own process, by the same clock. An hour takes some seconds: after each round of requests
all clocks are set a minute ahead.

Four proxies: one runs on, one is killed and begins anew with what it kept on disk, one begins anew
with nothing but the public keys, and one is cut off before and stays cut off beyond the stated lag.
Four kinds of user: with a right all the time, by an app that shows passes or by an older one; with
a Pro time that ends meanwhile; and removed at a moment when the cut-off proxy could not hear of it.
"""
