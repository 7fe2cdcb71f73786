-- Records what Stripe said to a refund that staff began: done, by its id there, or refused, with the
-- reason. A refund that is done counts as money that went back from this moment.
-- KEYS  purchase  HASH  the purchase
--       refunds   HASH  the refunds that staff began
--       returns   HASH  what went back of the purchase
--       ...             the ledger's keys, the job's row, rows of jobs that follow
-- ARGV  refund_id  ours
--       state      done or refused
--       told       Stripe's id of it, or its reason
--       returned   JSON {fact, kind, minor, at, state, stands} of it; empty when refused
--       work       JSON: {fence, follow}
-- -->   settled         the refund has ended
--       settled_before  it had ended before, and stays so; the job is done
--       no_such_refund  nothing changed
--       already_done    the job had its effect before; nothing changed
--       superseded      another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local purchase, refunds, returns = unpack(KEYS)
local refund_id, state, told, returned, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local text = redis.call("HGET", refunds, refund_id)
if not text then
    return { "no_such_refund" }
end
local refund, outcome = cjson.decode(text), { "settled_before" }
if refund.state == "begun" then
    refund.state, refund.told = state, told
    redis.call("HSET", refunds, refund_id, cjson.encode(refund))
    if returned ~= "" then
        local item = cjson.decode(returned)
        local fact = item.fact
        item.fact = nil
        if redis.call("HSETNX", returns, fact, cjson.encode(item)) == 1 and item.stands == 1 then
            redis.call("HINCRBY", purchase, "returned_minor", item.minor)
        end
    end
    outcome = { "settled" }
end
emit(rest, work)
return outcome
