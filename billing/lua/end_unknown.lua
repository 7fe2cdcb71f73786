-- Ends a subscription here of which Stripe said, when it was asked, that it knows none such: its owner
-- may begin another. What was paid stays given; what was lent until a payment is taken back.
-- KEYS  subscription         HASH    the subscription
--       user                 HASH    the account
--       time_ledger          HASH    the user's ledger of Pro time
--       users_by_expiration  ZSET    index of accounts
--       pro_ends             ZSET    user id -> expiration, ms
--       user_subscription    STRING  the subscription of the user that has not ended
--       by_state             ZSET    index of subscriptions
--       by_check_at          ZSET    index of subscriptions
--       ...                          the ledger's keys, rows of jobs that follow
-- ARGV  asked_at   when Stripe was asked, ms: what was learnt later stands
--       at_stripe  what Stripe does not know
--       ended_by   says in the row why it has ended
--       work       JSON: {follow}
-- -->   ended                  it has ended, and is looked at no more
--       ended_before           nothing changed
--       learnt_since           something later was recorded, or it is another at Stripe; nothing changed
--       no_such_subscription   it, or its user, is gone; nothing changed
--@include billing/settle_loans
--@include store/tag
--@include jobs/emit
local subscription, user, time_ledger, users_by_expiration, pro_ends, user_subscription, by_state, by_check_at = unpack(KEYS)
local asked_at, at_stripe, ended_by, work = unpack(ARGV)

local id, user_id, state, before, known = unpack(redis.call("HMGET", subscription, "id", "user_id", "state",
    "asked_at", "at_stripe"))
if not id or redis.call("EXISTS", user) == 0 then
    return { "no_such_subscription" }
end
if state == "ended" then
    return { "ended_before" }
end
if tonumber(before) > tonumber(asked_at) or known ~= at_stripe then
    return { "learnt_since" }
end
settle_loans({ user = user, time_ledger = time_ledger, users_by_expiration = users_by_expiration,
    pro_ends = pro_ends }, user_id, id, "")
redis.call("HSET", subscription, "state", "ended", "stopped_by", ended_by, "stopped_at", asked_at,
    "asked_at", asked_at)
redis.call("HDEL", subscription, "check_at", "change_to", "change_key") -- change_begun stays
redis.call("HSET", user, "subscription", "ended")
redis.call("ZADD", by_state, tag("ended"), id)
redis.call("ZREM", by_check_at, id)
if redis.call("GET", user_subscription) == id then
    redis.call("DEL", user_subscription)
end
emit(rest, work)
return { "ended" }
