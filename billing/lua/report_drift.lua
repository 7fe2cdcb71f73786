-- Records something that Stripe and the books here disagree on, and that it was looked at.
-- KEYS  drift        HASH  the disagreement
--       by_id        ZSET  index of drift
--       by_first     ZSET  index of drift
--       by_last      ZSET  index of drift
--       by_state     ZSET  index of drift
-- ARGV  drift_id     names the thing at Stripe
--       kind         what is wrong with it
--       purchase     what it is about here
--       fact         the same as long as nothing changes there or here
--       now          ms
-- -->   open         it is to be seen to
--       dismissed    staff know of just this, and nothing has changed since
--@include store/tag
local drift, by_id, by_first, by_last, by_state = unpack(KEYS)
local drift_id, kind, purchase, fact, now = unpack(ARGV)

local first, known, state = unpack(redis.call("HMGET", drift, "first", "fact", "state"))
if state ~= "dismissed" or known ~= fact then
    state = "open"
    redis.call("HDEL", drift, "reason")
end
redis.call("HSET", drift, "id", drift_id, "kind", kind, "purchase", purchase, "fact", fact,
    "first", first or now, "last", now, "state", state)
redis.call("ZADD", by_id, 0, drift_id)
redis.call("ZADD", by_first, first or now, drift_id)
redis.call("ZADD", by_last, now, drift_id)
redis.call("ZADD", by_state, tag(state), drift_id)
return { state }
