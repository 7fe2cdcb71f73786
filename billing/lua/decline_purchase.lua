-- Ends a purchase that was declined, with the reason.
-- KEYS  purchase  HASH  the purchase
--       by_state  ZSET  index of purchases
--       ...             the ledger's keys, the job's row, rows of jobs that follow
-- ARGV  now       ms
--       reason    a code of Stripe's, such as insufficient_funds
--       work      JSON: {fence, follow}
-- -->   declined          the purchase has ended
--       ended_before      it was paid or declined before, and stays so; the job is done
--       no_such_purchase  nothing changed
--       already_done      the job had its effect before; nothing changed
--       superseded        another worker has the job; nothing changed
--@include store/tag
--@include jobs/once
--@include jobs/emit
local purchase, by_state = unpack(KEYS)
local now, reason, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local id, state = unpack(redis.call("HMGET", purchase, "id", "state"))
if not id then
    return { "no_such_purchase" }
end
if state ~= "begun" and state ~= "waiting" then
    emit(rest, work)
    return { "ended_before" }
end
redis.call("HSET", purchase, "state", "declined", "reason", reason, "settled", now)
redis.call("ZADD", by_state, tag("declined"), id)
emit(rest, work)
return { "declined" }
