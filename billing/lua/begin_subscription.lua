-- Records the intent of a subscription before Stripe is asked; a user has one at a time.
-- KEYS  subscription       HASH    the subscription to be
--       user               HASH    the account; must exist
--       user_subscription  STRING  the subscription of the user that has not ended
--       user_subscriptions  ZSET    all of the user's: id -> when begun, ms
--       latest             HASH    what the user began to buy last: id, at, way
--       by_id              ZSET    index of subscriptions
--       by_created         ZSET    index of subscriptions
--       by_state           ZSET    index of subscriptions
--       by_user_id         ZSET    index of subscriptions
--       by_check_at        ZSET    index of subscriptions
--       ...                        the ledger's keys, rows of jobs that follow
-- ARGV  subscription_id  text
--       user_id          the subscriber
--       now              ms
--       check_at         when Stripe is asked about it, whoever comes back or not, ms
--       hold_until       when a promotion's use is held no longer, ms by Redis's clock; 0 without one
--       guard_ms         how soon after a purchase it is taken for a repetition; 0: it is none
--       seen             the purchase of which the caller knows that one may begin beside it; or empty
--       intent           JSON object of texts: plan, amount_minor, currency and so on
--       work             JSON: {follow}
-- -->   begun            the intent is recorded
--       has_one {id}     the user has one that has not ended; nothing changed
--       known            it was begun before, and has ended since; nothing changed
--       repeated {id}    a purchase was begun just before, and not on a page; nothing changed
--       no_such_user     nothing changed
--       late             the promotion's use is not held any more; nothing changed
--@include store/now_ms
--@include store/tag
--@include jobs/emit
local subscription, user, user_subscription, user_subscriptions, latest, by_id, by_created, by_state, by_user_id, by_check_at = unpack(KEYS)
local subscription_id, user_id, now, check_at, hold_until, guard_ms, seen, intent, work = unpack(ARGV)

if redis.call("EXISTS", user) == 0 then
    return { "no_such_user" }
end
local open = redis.call("GET", user_subscription)
if open then
    return { "has_one", open }
end
if redis.call("EXISTS", subscription) == 1 then
    return { "known" }
end
local before, at, way = unpack(redis.call("HMGET", latest, "id", "at", "way"))
local is_other = before and before ~= seen and way ~= "checkout"
if is_other and tonumber(now) - tonumber(at) < tonumber(guard_ms) then
    return { "repeated", before }
end
if tonumber(hold_until) > 0 and tonumber(hold_until) <= now_ms() then
    return { "late" }
end
for field, value in pairs(cjson.decode(intent)) do
    redis.call("HSET", subscription, field, value)
end
redis.call("HSET", subscription, "id", subscription_id, "user_id", user_id, "created", now,
    "check_at", check_at, "state", "begun", "asked_at", 0)
redis.call("HINCRBY", user, "purchases_begun", 1) -- an erasure that has not seen it looks again
redis.call("SET", user_subscription, subscription_id)
redis.call("ZADD", user_subscriptions, now, subscription_id)
redis.call("ZADD", by_id, 0, subscription_id)
redis.call("ZADD", by_created, now, subscription_id)
redis.call("ZADD", by_state, tag("begun"), subscription_id)
redis.call("ZADD", by_user_id, user_id, subscription_id)
redis.call("ZADD", by_check_at, check_at, subscription_id)
emit(rest, work)
return { "begun" }
