-- Changes what a proxy is: its address, capacity, place, provider and the like. Nobody is thrown
-- off: with more users than its capacity it takes no others, and `over` counts them until they fit.
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
--       lex_addr       ZSET    index of proxies
--       lex_provider   ZSET    index of proxies
--       lex_country_code  ZSET  index of proxies
--       ...            the ledger's keys, then a row for each job that follows
-- ARGV  work           JSON: {follow: [...]}
--       id             of the proxy
--       now            ms
--       columns        JSON: column -> what it is to be, text or number
--       quiet          JSON: column -> true, for those whose values the history does not tell
--       why            text for the history, may be empty
-- -->   changed {list}   JSON list of the columns that were otherwise before
--       already          it was just so; nothing changed
--       retired          it serves nobody any more; nothing changed
--       no_such_proxy    nothing changed
--@include jobs/emit
--@include proxies/settle_proxy
local row, users, history, by_load, open, open_sites, sites, openings, free, withheld, fleet_version, lex_addr, lex_provider, lex_country_code = unpack(KEYS)
local work, id, now, columns, quiet, why = unpack(ARGV)

local state = redis.call("HGET", row, "state")
if not state then
    return { "no_such_proxy" }
end
if state == "retired" then
    return { "retired" }
end
local wanted, silent, changed, told, before = cjson.decode(columns), cjson.decode(quiet), {}, {}, {}
for column, value in pairs(wanted) do
    local is = redis.call("HGET", row, column) or ""
    if type(value) == "number" and tonumber(is) ~= value or type(value) == "string" and is ~= value then
        changed[#changed + 1], before[column] = column, is
    end
end
if #changed == 0 then
    return { "already" }
end
table.sort(changed)
local indexes = { addr = lex_addr, provider = lex_provider, country_code = lex_country_code }
local function shown(value, like)
    value = type(like) == "number" and string.format("%.14g", tonumber(value) or 0) or value
    return value == "" and "-" or value
end
for _, column in ipairs(changed) do
    redis.call("HSET", row, column, wanted[column])
    local is = redis.call("HGET", row, column)
    if indexes[column] then
        redis.call("ZREM", indexes[column], string.lower(before[column]) .. "\0" .. id)
        redis.call("ZADD", indexes[column], 0, string.lower(is) .. "\0" .. id)
    end
    if column ~= "area" then
        told[#told + 1] = silent[column] and column
            or column .. " " .. shown(before[column], wanted[column]) .. " to " .. shown(is, wanted[column])
    end
end
if redis.call("ZCARD", users) > tonumber(redis.call("HGET", row, "capacity")) then
    redis.call("HSET", row, "over", redis.call("ZCARD", users))
end
settle_proxy({
    row = row, users = users, history = history, by_load = by_load, open = open,
    open_sites = open_sites, sites = sites, openings = openings, free = free, withheld = withheld,
    fleet_version = fleet_version,
}, id, now, "changed: " .. table.concat(told, ", "), why)
emit(rest, work)
return { "changed", cjson.encode(changed) }
