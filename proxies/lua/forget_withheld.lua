-- Takes proxies off the list of those that no configuration may name, when they were retired long
-- ago and have no users: no configuration that is kept can name them.
-- KEYS  withheld  HASH    proxies that configurations may not name -> where
--       ...       two for each proxy: its row, a HASH, and its users, a ZSET
-- ARGV  ids       JSON list of the proxies, in the order of their keys
--       before    since when they must have been retired, ms
-- -->   forgotten {count}  so many are off the list
local withheld = unpack(KEYS)
local ids, before = unpack(ARGV)

local count = 0
for index, id in ipairs(cjson.decode(ids)) do
    local state, since = unpack(redis.call("HMGET", rest[2 * index - 1], "state", "state_since"))
    if state == "retired" and tonumber(since) < tonumber(before)
        and redis.call("ZCARD", rest[2 * index]) == 0 then
        count = count + redis.call("HDEL", withheld, id)
    end
end
return { "forgotten", count }
