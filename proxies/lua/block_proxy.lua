-- Notes that a proxy is blocked in more countries.
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
--       ...            the ledger's keys, then a row for each job that follows
-- ARGV  work           JSON: {follow: [...]}
--       id             of the proxy
--       now            ms
--       countries      JSON list of country codes
--       why            text for the history, may be empty
-- -->   blocked {list}   JSON list of those in which it was not blocked before
--       already          it was blocked in all of them; nothing changed
--       retired          it serves nobody any more; nothing changed
--       no_such_proxy    nothing changed
--@include jobs/emit
--@include proxies/settle_proxy
local row, users, history, by_load, open, open_sites, sites, openings, free, withheld, fleet_version = unpack(KEYS)
local work, id, now, countries, why = unpack(ARGV)

local state, before = unpack(redis.call("HMGET", row, "state", "blocked_countries"))
if not state then
    return { "no_such_proxy" }
end
if state == "retired" then
    return { "retired" }
end
local blocked, known, gained = cjson.decode(before), {}, {}
for _, country in ipairs(blocked) do
    known[country] = true
end
for _, country in ipairs(cjson.decode(countries)) do
    if not known[country] then
        known[country] = true
        gained[#gained + 1], blocked[#blocked + 1] = country, country
    end
end
if #gained == 0 then
    return { "already" }
end
table.sort(blocked)
redis.call("HSET", row, "blocked_countries", cjson.encode(blocked))
settle_proxy({
    row = row, users = users, history = history, by_load = by_load, open = open,
    open_sites = open_sites, sites = sites, openings = openings, free = free, withheld = withheld,
    fleet_version = fleet_version,
}, id, now, "blocked in " .. table.concat(gained, ", "), why)
emit(rest, work)
return { "blocked", cjson.encode(gained) }
