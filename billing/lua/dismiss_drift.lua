-- Takes a disagreement out of what is to be seen to, until it changes: staff know of it.
-- KEYS  drift             HASH  the disagreement
--       by_state          ZSET  index of drift
-- ARGV  fact              what was dismissed, as it was shown
--       reason            why, in words
-- -->   dismissed         it counts no more
--       dismissed_before  nothing changed
--       changed           it is another fact by now; nothing changed
--       agrees            it is gone; nothing changed
--@include store/tag
local drift, by_state = unpack(KEYS)
local fact, reason = unpack(ARGV)

local id, known, state = unpack(redis.call("HMGET", drift, "id", "fact", "state"))
if not id then
    return { "agrees" }
end
if known ~= fact then
    return { "changed" }
end
if state == "dismissed" then
    return { "dismissed_before" }
end
redis.call("HSET", drift, "state", "dismissed", "reason", reason)
redis.call("ZADD", by_state, tag("dismissed"), id)
return { "dismissed" }
