-- Records what of a purchase's money went back, as Stripe tells it, and takes from the buyer the time
-- that it had given, or restores it; each refund and dispute once, and never back to an older state.
-- KEYS  purchase             HASH  the purchase
--       returns              HASH  what went back of it
--       user                 HASH  the buyer's account; may be erased
--       time_ledger          HASH  the buyer's ledger of Pro time
--       users_by_expiration  ZSET  index of accounts
--       pro_ends             ZSET  user id -> expiration, ms
--       devices              ZSET  the buyer's devices
--       ...                        the ledger's keys, the job's row, rows of jobs that follow
-- ARGV  told          JSON list of {fact, kind, minor, at, state, stands}
--       takings       JSON list: what that is to the ledger of time (accounts/take_back)
--       device_limit  how many devices an account may have where no purchase says so
--       work          JSON: {fence, follow}
-- -->   recorded {new}    so many entries of the ledger of time are new
--       not_paid          the purchase is not paid, as far as is known here; nothing changed
--       no_such_purchase  nothing changed
--       already_done      the job had its effect before; nothing changed
--       superseded        another worker has the job; nothing changed
--@include accounts/take_back
--@include jobs/once
--@include jobs/emit
local purchase, returns, user, time_ledger, users_by_expiration, pro_ends, devices = unpack(KEYS)
local told, takings, device_limit, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local user_id, state, amount = unpack(redis.call("HMGET", purchase, "user_id", "state", "amount_minor"))
if not user_id then
    return { "no_such_purchase" }
end
if state ~= "paid" then
    return { "not_paid" }
end
for _, item in ipairs(cjson.decode(told)) do
    local known = redis.call("HGET", returns, item.fact)
    if not known or cjson.decode(known).stands <= item.stands then
        redis.call("HSET", returns, item.fact, cjson.encode({ kind = item.kind, minor = item.minor,
            at = item.at, state = item.state, stands = item.stands }))
    end
end
local returned = 0
for _, text in ipairs(redis.call("HVALS", returns)) do
    local item = cjson.decode(text)
    returned = returned + (item.stands == 1 and item.minor or 0)
end
redis.call("HSET", purchase, "returned_minor", math.min(returned, tonumber(amount)))
local new = 0
if redis.call("EXISTS", user) == 1 then
    local keys = { user = user, time_ledger = time_ledger,
        users_by_expiration = users_by_expiration, pro_ends = pro_ends,
        devices = devices, usual_devices = tonumber(device_limit) }
    new = take_back(keys, user_id, cjson.decode(takings))
end
emit(rest, work)
return { "recorded", new }
