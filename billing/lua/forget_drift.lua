-- Forgets a disagreement, dismissed or not, because both sides agree now.
-- KEYS  drift        HASH  the disagreement
--       by_id        ZSET  index of drift
--       by_first     ZSET  index of drift
--       by_last      ZSET  index of drift
--       by_state     ZSET  index of drift
-- ARGV  drift_id     names the thing at Stripe
-- -->   forgotten    it is gone
--       unknown      there was none; nothing changed
local drift, by_id, by_first, by_last, by_state = unpack(KEYS)
local drift_id = unpack(ARGV)

if redis.call("DEL", drift) == 0 then
    return { "unknown" }
end
for _, index in ipairs({ by_id, by_first, by_last, by_state }) do
    redis.call("ZREM", index, drift_id)
end
return { "forgotten" }
