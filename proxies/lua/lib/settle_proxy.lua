--@include proxies/count_users
--@include proxies/site_proxy
-- After a change of a proxy's state, health or blocked countries: puts it into the sets that hold
-- it now and out of the others, says to config-servers where it may not be named, raises the
-- fleet's version, and enters the change in the history. `proxy` names the keys by
-- proxies/keys.py, settled_keys, and the `row`.
local function settle_proxy(proxy, id, now, what, why)
    site_proxy(proxy.row, proxy.sites)
    count_users(proxy, id, proxy)
    local state, track, health, created, blocked = unpack(redis.call(
        "HMGET", proxy.row, "state", "track", "health", "created", "blocked_countries"))
    if state == "active" and track == "free" and health ~= "down" then
        redis.call("ZADD", proxy.free, created, id)
    else
        redis.call("ZREM", proxy.free, id)
    end
    local countries = cjson.decode(blocked)
    if state == "retired" then
        redis.call("HSET", proxy.withheld, id, "*")
    elseif #countries > 0 then
        redis.call("HSET", proxy.withheld, id, table.concat(countries, ","))
    else
        redis.call("HDEL", proxy.withheld, id)
    end
    redis.call("INCR", proxy.fleet_version)
    redis.call("LPUSH", proxy.history, cjson.encode({ at = tonumber(now), what = what, why = why }))
    redis.call("LTRIM", proxy.history, 0, 99)
end
