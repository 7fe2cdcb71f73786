-- Notes that a proxy is blocked no longer in some countries.
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
--       countries      JSON: country code -> true; none means all
--       why            text for the history, may be empty
-- -->   unblocked {list}  JSON list of those in which it was blocked
--       already           it was blocked in none of them; nothing changed
--       no_such_proxy     nothing changed
--@include jobs/emit
--@include proxies/settle_proxy
local row, users, history, by_load, open, open_sites, sites, openings, free, withheld, fleet_version = unpack(KEYS)
local work, id, now, countries, why = unpack(ARGV)

local before = redis.call("HGET", row, "blocked_countries")
if not before then
    return { "no_such_proxy" }
end
local named, kept, freed = cjson.decode(countries), {}, {}
for _, country in ipairs(cjson.decode(before)) do
    local list = (next(named) == nil or named[country]) and freed or kept
    list[#list + 1] = country
end
if #freed == 0 then
    return { "already" }
end
redis.call("HSET", row, "blocked_countries", #kept == 0 and "[]" or cjson.encode(kept))
settle_proxy({
    row = row, users = users, history = history, by_load = by_load, open = open,
    open_sites = open_sites, sites = sites, openings = openings, free = free, withheld = withheld,
    fleet_version = fleet_version,
}, id, now, "unblocked in " .. table.concat(freed, ", "), why)
emit(rest, work)
return { "unblocked", cjson.encode(freed) }
