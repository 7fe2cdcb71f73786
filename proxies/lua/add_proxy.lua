-- Adds a proxy to the fleet, unless another has its name.
-- KEYS  row          HASH    the new proxy
--       by_id        ZSET    index of proxies
--       by_created   ZSET    index of proxies
--       by_state     ZSET    index of proxies
--       by_track     ZSET    index of proxies
--       by_health    ZSET    index of proxies
--       lex_name     ZSET    index of proxies
--       lex_addr     ZSET    index of proxies
--       lex_provider      ZSET    index of proxies
--       lex_country_code  ZSET    index of proxies
--       unique_name  HASH    name -> proxy id
--       users        ZSET    its users; none yet
--       history      LIST    what became of it
--       by_load      ZSET    index of proxies
--       open         ZSET    open proxies -> site and rank (proxies/ranks)
--       open_sites   ZSET    sites with open proxies -> area and lowest rank
--       sites        HASH    number of a site -> its name, and name -> number
--       openings     STRING  how often a proxy came to be open
--       free         ZSET    active free proxies -> when added, ms
--       withheld     HASH    proxies that configurations may not name -> where
--       fleet_version  STRING  raised, because configurations change with the fleet
--       ...          the ledger's keys, then a row for each job that follows
-- ARGV  work         JSON: {follow: [...]}
--       id           the new proxy's id
--       now          ms
--       columns      JSON: column -> value
-- -->   added          the proxy is in the fleet
--       taken {id}     another proxy has the name; nothing changed
--@include jobs/emit
--@include proxies/settle_proxy
--@include store/tag
local row, by_id, by_created, by_state, by_track, by_health, lex_name, lex_addr, lex_provider, lex_country_code, unique_name, users, history, by_load, open, open_sites, sites, openings, free, withheld, fleet_version = unpack(KEYS)
local work, id, now, columns = unpack(ARGV)

local proxy = cjson.decode(columns)
local holder = redis.call("HGET", unique_name, proxy.name)
if holder then
    return { "taken", holder }
end
for column, value in pairs(proxy) do
    redis.call("HSET", row, column, value)
end
redis.call("HSET", row, "id", id, "created", now, "state_since", now, "load", 0, "version", 0)
redis.call("ZADD", by_id, id, id)
redis.call("ZADD", by_created, now, id)
redis.call("ZADD", by_state, tag(proxy.state), id)
redis.call("ZADD", by_track, tag(proxy.track), id)
redis.call("ZADD", by_health, tag(proxy.health), id)
for column, index in pairs({ name = lex_name, addr = lex_addr, provider = lex_provider, country_code = lex_country_code }) do
    redis.call("ZADD", index, 0, string.lower(proxy[column]) .. "\0" .. id)
end
redis.call("HSET", unique_name, proxy.name, id)
settle_proxy({
    row = row, users = users, history = history, by_load = by_load, open = open,
    open_sites = open_sites, sites = sites, openings = openings, free = free, withheld = withheld,
    fleet_version = fleet_version,
}, id, now, "added, " .. proxy.state, "")
emit(rest, work)
return { "added" }
