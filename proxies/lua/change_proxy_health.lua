-- Gives a proxy the health that its heartbeats, or their absence, say it has.
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
--       by_health      ZSET    index of proxies
--       watch          HASH    what was seen of its heartbeats
--       ...            the ledger's keys, then a row for each job that follows
-- ARGV  work           JSON: {follow: [...]}
--       id             of the proxy
--       now            ms
--       was            the health that the caller saw
--       to             the health that it should have
--       least_ms       how long the silence must be for that, at least
--       below_ms       what it must be shorter than
--       most_down      percent of the proxies that are heard of, which may be down at once
-- -->   changed        it has that health
--       not_so         state, health or silence are not as the caller saw; nothing changed
--       spared         too many would be down at once, so it may be us; nothing changed
--@include jobs/emit
--@include proxies/settle_proxy
--@include store/tag
local row, users, history, by_load, open, open_sites, sites, openings, free, withheld, fleet_version, by_health, watch = unpack(KEYS)
local work, id, now, was, to, least_ms, below_ms, most_down = unpack(ARGV)

local state, health = unpack(redis.call("HMGET", row, "state", "health"))
local silence = tonumber(redis.call("HGET", watch, "silence") or -1)
if not state or state == "retired" or (health or "unknown") ~= was or was == to
    or silence < tonumber(least_ms) or silence >= tonumber(below_ms) then
    return { "not_so" }
end
local function count(word)
    return redis.call("ZCOUNT", by_health, tag(word), tag(word))
end
if to == "down" then
    local down, heard = count("down"), count("ok") + count("suspect") + count("down")
    if down + 1 > math.max(1, math.floor(heard * tonumber(most_down) / 100)) then
        return { "spared" }
    end
end
redis.call("HSET", row, "health", to)
redis.call("ZADD", by_health, tag(to), id)
local proxy = {
    row = row, users = users, history = history, by_load = by_load, open = open,
    open_sites = open_sites, sites = sites, openings = openings, free = free, withheld = withheld,
    fleet_version = fleet_version,
}
if to == "down" or was == "down" then
    settle_proxy(proxy, id, now, to == "down" and "down" or "heard again", "")
else
    count_users(proxy, id, proxy) -- suspects are the last to be chosen
end
emit(rest, work)
return { "changed" }
