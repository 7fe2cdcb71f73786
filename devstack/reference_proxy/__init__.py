"""A small http-proxy that obeys Redis as a real one must: a development tool, not a product.

One process stands in for every proxy of the store whose address is the one that it listens on;
which of them a client means is told by ``X-Lantern-Auth-Token``.

To whoever lacks that secret it is an ordinary web server. So it is to whoever has the secret but
no good Pro token where one is needed: the secret stands in configurations, which leak, and a
censor who tries it must not learn that this is a proxy after all. The price is that a user whose
time is over sees a web server's error; their client has fetched other proxies by then.
"""
