--@include proxies/ranks
-- The open proxies of a site, the lowest rank first: `most` at most, without those of `mine`. Each
-- has its id and whether it is suspect.
local function open_at(site, most, mine, open)
    local span, suspect = ranks()
    local first = site * span
    local found = redis.call("ZRANGEBYSCORE", open, first, first + span - 1, "WITHSCORES",
        "LIMIT", 0, most)
    local proxies = {}
    for at = 1, #found, 2 do
        if not mine[found[at]] then
            proxies[#proxies + 1] = { id = found[at], suspect = found[at + 1] - first >= suspect }
        end
    end
    return proxies
end
