-- Gives back the use of a promotion by a purchase that came to nothing.
-- KEYS  uses        HASH  purchase id -> until when it is held, ms by Redis's clock, or "paid"
--       firsts      HASH  user id -> the purchase that is their first by any promotion
--       ...               the ledger's keys and the job's row
-- ARGV  purchase_id  text; the subscription's, where it is for the first period of one
--       user_id      the buyer
--       declined     1 when the purchase has ended; else it has not begun, and may still until then
--       margin_ms    how long after the hold's end it can have begun by no clock
--       only         the end of the hold that is given back, and no other; empty: any
--       work         JSON: {fence}
-- -->   released     the use is free
--       used         it was paid after all; the job is done
--       held         somebody may still begin by it; nothing changed
--       already_done the job had its effect before; nothing changed
--       superseded   another worker has the job; nothing changed
--@include store/now_ms
--@include jobs/once
--@include jobs/emit
local uses, firsts = unpack(KEYS)
local purchase_id, user_id, declined, margin_ms, only, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local hold_until = redis.call("HGET", uses, purchase_id) or "0"
if hold_until == "paid" then
    emit(rest, work)
    return { "used" }
end
if only ~= "" and hold_until ~= only then
    return { "held" }
end
if declined ~= "1" and tonumber(hold_until) + tonumber(margin_ms) > now_ms() then
    return { "held" }
end
redis.call("HDEL", uses, purchase_id)
if redis.call("HGET", firsts, user_id) == purchase_id then
    redis.call("HDEL", firsts, user_id)
end
emit(rest, work)
return { "released" }
