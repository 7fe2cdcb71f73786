-- Takes proxies off the list of those that no configuration may name, when they were retired long
-- ago and have no users: no configuration that is kept can name them. Their streams go with that.
-- KEYS  withheld  HASH    proxies that configurations may not name -> where
--       ...       three for each proxy: its row, a HASH, its users, a ZSET, its changes, a STREAM
-- ARGV  ids       JSON list of the proxies, in the order of their keys
--       before    since when they must have been retired, ms
-- -->   forgotten {count}  so many are off the list
local withheld = unpack(KEYS)
local ids, before = unpack(ARGV)

local count = 0
for index, id in ipairs(cjson.decode(ids)) do
    local row, users, changes = unpack(rest, 3 * index - 2, 3 * index)
    local state, since = unpack(redis.call("HMGET", row, "state", "state_since"))
    if state == "retired" and tonumber(since) < tonumber(before)
        and redis.call("ZCARD", users) == 0 then
        redis.call("UNLINK", changes)
        count = count + redis.call("HDEL", withheld, id)
    end
end
return { "forgotten", count }
