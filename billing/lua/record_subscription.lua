-- Records how a subscription is, as Stripe was asked at a moment: its state, and the time that is lent
-- until a renewal is paid, or taken back since it was.
-- KEYS  subscription         HASH    the subscription
--       user                 HASH    the account
--       time_ledger          HASH    the user's ledger of Pro time
--       users_by_expiration  ZSET    index of accounts
--       pro_ends             ZSET    user id -> expiration, ms
--       user_subscription    STRING  the subscription of the user that has not ended
--       by_state             ZSET    index of subscriptions
--       by_check_at          ZSET    index of subscriptions
--       ...                          the ledger's keys, the job's row, rows of jobs that follow
-- ARGV  asked_at  when Stripe was asked, ms: what was learnt later stands
--       told      JSON object of texts: state, and what else the row is to hold; check_at in ms, or empty
--       words     what clients are told of it, unless it has ended before and another may have begun since
--       loans     JSON: {stands, lent}: the fact of the one loan that is not taken back, or empty, and
--                 the entry of time that is lent, as extend_pro, if one is
--       work      JSON: {fence, follow}
-- -->   recorded               the row and the ledger of time are so now
--       learnt_before          something later was recorded, and stands
--       has_another            it had ended, goes on at Stripe, and its user has another by now: nothing changed
--       no_such_subscription   it, or its user, is gone; nothing changed
--       already_done           the job had its effect before; nothing changed
--       superseded             another worker has the job; nothing changed
--@include accounts/extend_pro
--@include billing/settle_loans
--@include store/tag
--@include jobs/once
--@include jobs/emit
local subscription, user, time_ledger, users_by_expiration, pro_ends, user_subscription, by_state, by_check_at = unpack(KEYS)
local asked_at, told, words, loans, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local id, user_id, before = unpack(redis.call("HMGET", subscription, "id", "user_id", "asked_at"))
if not id or redis.call("EXISTS", user) == 0 then
    return { "no_such_subscription" }
end
if tonumber(before) > tonumber(asked_at) then
    emit(rest, work)
    return { "learnt_before" }
end
local now_is = cjson.decode(told)
local open = redis.call("GET", user_subscription)
if now_is.state ~= "ended" and open and open ~= id then
    emit(rest, work)
    return { "has_another" }
end
local keys = { user = user, time_ledger = time_ledger, users_by_expiration = users_by_expiration,
    pro_ends = pro_ends }
local loan = cjson.decode(loans)
settle_loans(keys, user_id, id, loan.stands)
if loan.lent then
    extend_pro(keys, user_id, loan.lent)
end
for field, value in pairs(now_is) do
    redis.call("HSET", subscription, field, value)
end
redis.call("HSET", subscription, "asked_at", asked_at)
redis.call("ZADD", by_state, tag(now_is.state), id)
if now_is.check_at == "" then
    redis.call("HDEL", subscription, "check_at")
    redis.call("ZREM", by_check_at, id)
else
    redis.call("ZADD", by_check_at, now_is.check_at, id)
end
if now_is.state ~= "ended" then
    redis.call("SET", user_subscription, id) -- also one that was given up, and paid all the same
    open = id
elseif open == id then
    redis.call("DEL", user_subscription)
end
if open == id then
    redis.call("HSET", user, "subscription", words)
end
emit(rest, work)
return { "recorded" }
