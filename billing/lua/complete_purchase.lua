-- Ends a purchase that is paid: what was bought, the bonus of an invited buyer, the device
-- if there is room, the address for receipts, Stripe's pointers and all that follows, in one step, once.
-- KEYS  purchase             HASH  the purchase
--       user                 HASH  the buyer's account
--       time_ledger          HASH  the buyer's ledger of Pro time
--       users_by_expiration  ZSET  index of accounts
--       pro_ends             ZSET  user id -> expiration, ms
--       devices              ZSET  the buyer's devices
--       device_names         HASH  their names
--       removed_devices      ZSET  those that another took off
--       lex_email_hash       ZSET  index of accounts
--       by_state             ZSET  index of purchases
--       lex_charge_id        ZSET  index of purchases
--       ...                        the ledger's keys, the job's row, rows of jobs that follow
-- ARGV  now             ms
--       paid_at         when it was paid, ms: the same whenever that is learnt; from then on it counts
--       device_limit    how many devices an account may have
--       payment_intent  Stripe's id: the business fact
--       charge_id       Stripe's id; empty for what was paid for elsewhere
--       bonus_months    what an invited buyer gets on top, once in a lifetime
--       bonus_fact      names that entry
--       work            JSON: {fence, follow}
-- -->   completed {expiration}  ms
--       paid_before             it was completed before; the job that calls is done
--       no_such_purchase        it, or its buyer, is gone; nothing changed
--       already_done            the job had its effect before; nothing changed
--       superseded              another worker has the job; nothing changed
--@include accounts/extend_pro
--@include accounts/put_device
--@include billing/give_bought
--@include store/tag
--@include jobs/once
--@include jobs/emit
local purchase, user, time_ledger, users_by_expiration, pro_ends, devices, device_names, removed_devices, lex_email_hash, by_state, lex_charge_id = unpack(KEYS)
local now, paid_at, device_limit, payment_intent, charge_id, bonus_months, bonus_fact, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local row = {}
local flat = redis.call("HGETALL", purchase)
for position = 1, #flat, 2 do
    row[flat[position]] = flat[position + 1]
end
if not row.id or redis.call("EXISTS", user) == 0 then
    return { "no_such_purchase" }
end
if row.state == "paid" then
    emit(rest, work)
    return { "paid_before" }
end
local keys = { user = user, time_ledger = time_ledger, users_by_expiration = users_by_expiration,
    pro_ends = pro_ends }
keys.devices, keys.device_names, keys.removed_devices = devices, device_names, removed_devices
keys.usual_devices = tonumber(device_limit)
local expiration = give_bought(keys, row, tonumber(paid_at), payment_intent)
local invited = tonumber(redis.call("HGET", user, "invited") or math.huge)
if tonumber(bonus_months) > 0 and invited <= tonumber(row.created) then
    expiration = extend_pro(keys, row.user_id, { fact = bonus_fact, kind = "referral_bonus",
        at = tonumber(paid_at), months = tonumber(bonus_months), days = 0, plan = row.plan,
        because = row.id, earliest = true }) or expiration
end
if row.device_id ~= "" then -- a renewal knows of no device
    put_device(keys, { id = row.device_id, name = row.device_name, now = now, limit = device_limit })
end
if row.email_hash ~= "" and redis.call("HSETNX", user, "email_hash", row.email_hash) == 1 then
    redis.call("HSET", user, "email_sealed", row.email_sealed)
    redis.call("ZADD", lex_email_hash, 0, row.email_hash .. "\0" .. row.user_id)
end
redis.call("HSET", purchase, "state", "paid", "settled", now, "reason", "",
    "payment_intent", payment_intent)
redis.call("ZADD", by_state, tag("paid"), row.id)
if charge_id ~= "" then
    redis.call("HSET", purchase, "charge_id", charge_id)
    redis.call("ZADD", lex_charge_id, 0, string.lower(charge_id) .. "\0" .. row.id)
end
emit(rest, work)
return { "completed", expiration or redis.call("HGET", user, "expiration") }
