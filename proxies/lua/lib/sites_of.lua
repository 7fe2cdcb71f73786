--@include proxies/ranks
-- The sites of some areas that have open proxies, `most` at most, the lowest rank first; and
-- whether these are all that there are. A site has its number, rank, place, provider, and the
-- countries, by commas, in which its proxies are blocked.
local function sites_of(areas, most, open_sites, sites)
    local span = ranks()
    local found, numbers, all = {}, {}, true
    for _, area in ipairs(areas) do
        local heads = redis.call("ZRANGEBYSCORE", open_sites, area * span, area * span + span - 1,
            "WITHSCORES", "LIMIT", 0, most)
        all = all and #heads < 2 * most
        for at = 1, #heads, 2 do
            found[#found + 1] = { number = math.abs(heads[at]), rank = heads[at + 1] - area * span }
        end
    end
    table.sort(found, function(one, other)
        if one.rank ~= other.rank then
            return one.rank < other.rank
        end
        return one.number < other.number
    end)
    for at = #found, most + 1, -1 do
        found[at], all = nil, false
    end
    for at, site in ipairs(found) do
        numbers[at] = site.number
    end
    local names = #numbers > 0 and redis.call("HMGET", sites, unpack(numbers)) or {}
    for at, site in ipairs(found) do
        site.place, site.provider, site.blocked = string.match(names[at], "^%d+\n(.-)\n(.-)\n(.*)$")
    end
    return found, all
end
