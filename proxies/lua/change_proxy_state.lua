-- Lets a proxy enter another state, if it may do so from the one that it is in.
-- KEYS  row            HASH    the proxy
--       users          ZSET    its users -> since, ms
--       history        LIST    what became of it
--       by_load        ZSET    index of proxies
--       open           ZSET    open proxies -> site and rank (proxies/ranks)
--       open_sites     ZSET    sites with open proxies -> area and lowest rank
--       sites          HASH    number of a site -> its name, and name -> number
--       openings       STRING  how often a proxy came to be open
--       free           ZSET    active free proxies -> when added, ms
--       withheld       HASH    proxies that configurations may not name -> where
--       fleet_version  STRING  raised, because configurations change with the fleet
--       by_state       ZSET    index of proxies
--       by_health      ZSET    index of proxies
--       ...            the ledger's keys, then a row for each job that follows
-- ARGV  work           JSON: {follow: [...]}
--       id             of the proxy
--       now            ms
--       to             the state
--       comes_from     JSON: state -> true, for those from which it may be entered
--       why            text for the history, may be empty
-- -->   changed          it is in the state, and in the sets that this state means
--       already          it was in this state; nothing changed
--       no_way {state}   it is in a state from which there is no way to this; nothing changed
--       no_such_proxy    nothing changed
--@include jobs/emit
--@include proxies/settle_proxy
--@include store/tag
local row, users, history, by_load, open, open_sites, sites, openings, free, withheld, fleet_version, by_state, by_health = unpack(KEYS)
local work, id, now, to, comes_from, why = unpack(ARGV)

local state = redis.call("HGET", row, "state")
if not state then
    return { "no_such_proxy" }
end
if state == to then
    return { "already" }
end
if not cjson.decode(comes_from)[state] then
    return { "no_way", state }
end
redis.call("HSET", row, "state", to, "state_since", now)
redis.call("ZADD", by_state, tag(to), id)
if to == "retired" then
    redis.call("HSET", row, "health", "unknown")
    redis.call("ZADD", by_health, tag("unknown"), id)
end
settle_proxy({
    row = row, users = users, history = history, by_load = by_load, open = open,
    open_sites = open_sites, sites = sites, openings = openings, free = free, withheld = withheld,
    fleet_version = fleet_version,
}, id, now, to, why)
emit(rest, work)
return { "changed" }
