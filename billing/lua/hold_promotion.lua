-- Takes one use of a promotion for a purchase that is about to begin, and holds it until the
-- purchase has begun or the time is over: never more uses than it is for.
-- KEYS  promotion   HASH  the promotion's row, as staff saved it
--       uses        HASH  purchase id -> until when it is held, ms by Redis's clock, or "paid"
--       firsts      HASH  user id -> the purchase that is their first by any promotion
--       ...               the ledger's keys, rows of jobs that follow
-- ARGV  purchase_id  text; the subscription's, where it is for the first period of one
--       user_id      the buyer
--       now          ms
--       grace_ms     how long after its end it is still given to who was shown it
--       hold_ms      how long it is held
--       work         JSON: {follow}
-- -->   held {until}             ms by Redis's clock
--       held_anew {until}        the purchase had it, and has it anew, until another moment
--       over                     it is not running; nothing changed
--       used_up                  all uses are taken; nothing changed
--       not_first {purchase_id}  the buyer has such an offer already; nothing changed
--@include store/now_ms
--@include jobs/emit
local promotion, uses, firsts = unpack(KEYS)
local purchase_id, user_id, now, grace_ms, hold_ms, work = unpack(ARGV)

local on, starts, ends, limit, first = unpack(redis.call("HMGET", promotion,
    "on", "starts", "ends", "uses_limit", "first_purchase"))
if on ~= "1" or tonumber(starts or 0) > tonumber(now)
    or tonumber(ends or math.huge) + tonumber(grace_ms) <= tonumber(now) then
    return { "over" }
end
local before = redis.call("HGET", uses, purchase_id)
if not before and tonumber(limit or 0) > 0 and redis.call("HLEN", uses) >= tonumber(limit) then
    return { "used_up" }
end
if first == "1" then
    local other = redis.call("HGET", firsts, user_id)
    if other and other ~= purchase_id then
        return { "not_first", other }
    end
    redis.call("HSET", firsts, user_id, purchase_id)
end
local later = (tonumber(before or 0) or 0) + 1 -- no two holds end at one moment: who gives back knows its own
local hold_until = string.format("%.0f", math.max(now_ms() + tonumber(hold_ms), later))
redis.call("HSET", uses, purchase_id, hold_until)
emit(rest, work)
return { before and "held_anew" or "held", hold_until }
