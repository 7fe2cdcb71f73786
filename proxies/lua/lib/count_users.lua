--@include proxies/head_site
--@include proxies/ranks
-- Sets a proxy's load to the number of its users, in its row and in the indexes: `by_load`, and
-- `open`, `open_sites` and `openings`, which know it while it is active, Pro, not down, and has room.
-- A site that it has newly counts as an opening: it may be open to others now. `over`, the users that
-- a lowered capacity found there, only falls, and goes when they fit.
local function count_users(proxy, id, index)
    local load = redis.call("ZCARD", proxy.users)
    redis.call("HSET", proxy.row, "load", load)
    redis.call("ZADD", index.by_load, load, id)
    local state, track, health, capacity, site, over = unpack(
        redis.call("HMGET", proxy.row, "state", "track", "health", "capacity", "site", "over"))
    if over and load <= tonumber(capacity) then
        redis.call("HDEL", proxy.row, "over")
    elseif over and load < tonumber(over) then
        redis.call("HSET", proxy.row, "over", load)
    end
    local span, suspect = ranks()
    local before = redis.call("ZSCORE", index.open, id)
    local site_before = before and math.floor(before / span)
    if state == "active" and track == "pro" and health ~= "down" and load < tonumber(capacity) then
        redis.call("ZADD", index.open, site * span + load + (health == "suspect" and suspect or 0), id)
        if site_before ~= tonumber(site) then
            redis.call("INCR", index.openings)
        end
    elseif before then
        redis.call("ZREM", index.open, id)
    else
        return
    end
    head_site(site, index)
    if site_before and site_before ~= tonumber(site) then
        head_site(site_before, index)
    end
end
