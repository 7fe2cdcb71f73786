-- Looks at some more of all sites, in no order, for open proxies that a user could have: for those
-- to whom proxies/find_candidates found too few, because what is near and least loaded is blocked
-- where they are. What a call costs does not depend on how many sites there are. A site that stands
-- there from the first call to the last is met, whatever its rank becomes meanwhile. Nothing is
-- written.
-- KEYS  open        ZSET    open proxies -> site and rank (proxies/ranks)
--       open_sites  ZSET    sites with open proxies -> area and lowest rank
--       sites       HASH    number of a site -> its name, and name -> number
-- ARGV  cursor      where the last call ended; 0 to begin
--       country     of the user
--       most        how many candidates are asked for
--       own         JSON list of the ids of the user's own proxies
-- -->   walked {cursor} {candidates}  0 when these are the last; JSON list of ids, may be empty
--@include proxies/ranks
--@include proxies/open_at
local open, open_sites, sites = unpack(KEYS)
local cursor, country, most, own = unpack(ARGV)

local AT_ONCE = 256
local span, mine, count = ranks(), {}, tonumber(most)
for _, id in ipairs(cjson.decode(own)) do
    mine[id], count = true, count + 1
end
local found, numbers = {}, {}
local scanned = redis.call("ZSCAN", open_sites, cursor, "COUNT", AT_ONCE)
for at = 1, #scanned[2], 2 do
    local site = tonumber(scanned[2][at])
    if site < 0 then -- as one of the world: each stands there so once
        found[#found + 1] = { number = -site, rank = scanned[2][at + 1] % span }
        numbers[#numbers + 1] = -site
    end
end
local names = #numbers > 0 and redis.call("HMGET", sites, unpack(numbers)) or {}
local free_there = {}
for at, site in ipairs(found) do
    local blocked = string.match(names[at], "([^\n]*)$")
    if country == "" or not string.find(blocked, country, 1, true) then
        free_there[#free_there + 1] = site
    end
end
table.sort(free_there, function(one, other)
    if one.rank ~= other.rank then
        return one.rank < other.rank
    end
    return one.number < other.number
end)
local lists, candidates = { {}, {}, {} }, {}
for at = 1, math.min(#free_there, tonumber(most)) do
    for nth, proxy in ipairs(open_at(free_there[at].number, count, mine, open)) do
        local list = lists[proxy.suspect and 3 or nth > 1 and 2 or 1]
        list[#list + 1] = proxy.id
    end
end
for _, list in ipairs(lists) do
    for at = 1, math.min(#list, tonumber(most) - #candidates) do
        candidates[#candidates + 1] = list[at]
    end
end
return { "walked", scanned[1], #candidates == 0 and "[]" or cjson.encode(candidates) }
