-- Sets a proxy's load to the number of its users, in its row and in both indexes by load.
-- `open` holds it while it is active, Pro, not down, and has room.
local function count_users(proxy, id, by_load, open)
    local load = redis.call("ZCARD", proxy.users)
    redis.call("HSET", proxy.row, "load", load)
    redis.call("ZADD", by_load, load, id)
    local state, track, capacity, health = unpack(
        redis.call("HMGET", proxy.row, "state", "track", "capacity", "health"))
    if state == "active" and track == "pro" and health ~= "down" and load < tonumber(capacity) then
        redis.call("ZADD", open, load, id)
    else
        redis.call("ZREM", open, id)
    end
end
