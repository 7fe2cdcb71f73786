-- Notes that a purchase by a promotion was paid: it is a use for good, also if it was given back
-- before, because a payment was taken to be declined and came after all.
-- KEYS  uses        HASH  purchase id -> until when it is held, ms by Redis's clock, or "paid"
--       firsts      HASH  user id -> the purchase that is their first by any promotion
--       ...               the ledger's keys and the job's row
-- ARGV  purchase_id  text; the subscription's, where it is for the first period of one
--       user_id      the buyer
--       first        1 when the promotion is for first purchases
--       work         JSON: {fence}
-- -->   kept         it is a use; it may have been one before
--       already_done the job had its effect before; nothing changed
--       superseded   another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local uses, firsts = unpack(KEYS)
local purchase_id, user_id, first, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
redis.call("HSET", uses, purchase_id, "paid")
if first == "1" then
    redis.call("HSETNX", firsts, user_id, purchase_id)
end
emit(rest, work)
return { "kept" }
