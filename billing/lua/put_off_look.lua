-- Stages a look at a subscription that is due for one, and puts the next look off, so that the same
-- is not due again at once if this look should come to nothing.
-- KEYS  subscription  HASH  the subscription
--       by_check_at   ZSET  index of subscriptions
--       ...                 the ledger's keys, rows of jobs that follow
-- ARGV  since   since when it is due, as the caller has read it, ms
--       later   when it is due again, unless the look says otherwise, ms
--       work    JSON: {follow}
-- -->   put_off  the look is staged
--       moved    it is not due since then any more; nothing changed
--@include jobs/emit
local subscription, by_check_at = unpack(KEYS)
local since, later, work = unpack(ARGV)

local id, check_at = unpack(redis.call("HMGET", subscription, "id", "check_at"))
if check_at ~= since then
    return { "moved" }
end
redis.call("HSET", subscription, "check_at", later)
redis.call("ZADD", by_check_at, later, id)
emit(rest, work)
return { "put_off" }
