--@include proxies/ranks
-- Brings a site's place among the sites of its area up to date: it stands there by the lowest rank
-- of its open proxies, and not at all while it has none. It stands there a second time, as a
-- negative number, among the sites of the whole world, which count as the area 31.
local function head_site(site, index)
    local span, area = ranks(), site % 32
    local head = redis.call("ZRANGEBYSCORE", index.open, site * span, site * span + span - 1,
        "WITHSCORES", "LIMIT", 0, 1)
    if head[2] then
        local rank = head[2] - site * span
        redis.call("ZADD", index.open_sites, area * span + rank, site, 31 * span + rank, -site)
    else
        redis.call("ZREM", index.open_sites, site, -site)
    end
end
