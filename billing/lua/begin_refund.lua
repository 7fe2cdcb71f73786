-- Records that staff want to give money back, before Stripe is asked, once for one id. One refund of a
-- purchase at a time: what is left is known only when the one before has ended.
-- KEYS  purchase  HASH  the purchase
--       refunds   HASH  the refunds that staff began
--       ...             the ledger's keys, rows of jobs that follow
-- ARGV  refund_id  text
--       amount     smallest unit; 0 for all that is left
--       why        the reason, in words of staff
--       now        ms
--       work       JSON: {follow}
-- -->   begun {amount}    the intent is recorded
--       known             this refund was begun before; nothing changed
--       under_way         another refund of the purchase has not ended; nothing changed
--       not_paid          nothing was paid; nothing changed
--       too_much {left}   no more than that is left, perhaps nothing; nothing changed
--       no_such_purchase  nothing changed
--@include jobs/emit
local purchase, refunds = unpack(KEYS)
local refund_id, amount, why, now, work = unpack(ARGV)

local state, paid, returned = unpack(redis.call("HMGET", purchase, "state", "amount_minor", "returned_minor"))
if not state then
    return { "no_such_purchase" }
end
if redis.call("HEXISTS", refunds, refund_id) == 1 then
    return { "known" }
end
if state ~= "paid" then
    return { "not_paid" }
end
for _, text in ipairs(redis.call("HVALS", refunds)) do
    if cjson.decode(text).state == "begun" then
        return { "under_way" }
    end
end
local left = tonumber(paid) - tonumber(returned or 0)
amount = tonumber(amount) == 0 and left or tonumber(amount)
if amount > left or left == 0 then
    return { "too_much", left }
end
redis.call("HSET", refunds, refund_id, cjson.encode({ amount = amount, why = why, at = tonumber(now),
    state = "begun", told = "" }))
emit(rest, work)
return { "begun", amount }
