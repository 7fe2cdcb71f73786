-- Notes that a purchase waits for its buyer, and what waits at Stripe.
-- KEYS  purchase   HASH  the purchase
--       by_state   ZSET  index of purchases
--       ...              the ledger's keys, rows of jobs that follow
-- ARGV  at_stripe  id of the payment intent or the checkout session
--       work       JSON: {follow}
-- -->   waiting            the buyer is waited for
--       ended_before       it was paid or declined meanwhile; nothing changed
--       no_such_purchase   nothing changed
--@include store/tag
--@include jobs/emit
local purchase, by_state = unpack(KEYS)
local at_stripe, work = unpack(ARGV)

local id, state = unpack(redis.call("HMGET", purchase, "id", "state"))
if not id then
    return { "no_such_purchase" }
end
if state ~= "begun" and state ~= "waiting" then
    return { "ended_before" }
end
redis.call("HSET", purchase, "state", "waiting", "at_stripe", at_stripe)
redis.call("ZADD", by_state, tag("waiting"), id)
emit(rest, work)
return { "waiting" }
