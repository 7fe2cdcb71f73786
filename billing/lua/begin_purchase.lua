-- Records the intent of a purchase before Stripe is asked, once for one idempotency key.
-- KEYS  purchase           HASH    the purchase to be
--       user               HASH    the buyer's account; must exist; counts the purchases that began
--       user_purchases     ZSET    the buyer's purchases: id -> when, ms
--       by_id              ZSET    index of purchases
--       by_created         ZSET    index of purchases
--       by_state           ZSET    index of purchases
--       by_user_id         ZSET    index of purchases
--       latest             HASH    what the user began to buy last: id, at, way
--       user_subscription  STRING  the buyer's subscription that has not ended
--       ...                        the ledger's keys, rows of jobs that follow
-- ARGV  purchase_id  text
--       user_id      the buyer
--       now          ms
--       intent       JSON object of texts: plan, amount_minor, currency, months, days and so on
--       digest       names what makes two calls the same purchase
--       hold_until   when a promotion's use is held no longer, ms by Redis's clock; 0 without one
--       guard_ms     how soon after another a purchase is taken for a repetition; 0: it is none
--       seen         the one before, of which the caller knows that another may begin; or empty
--       beside       the subscription of which the caller knows that; empty for none, or "any"
--       work         JSON: {follow}
-- -->   begun            the intent is recorded
--       known            the same purchase was begun before; nothing changed
--       key_reused       another purchase has this key; nothing changed
--       no_such_user     nothing changed
--       repeated {id}    another was begun just before; nothing changed
--       subscribed {id}  a subscription was begun that the caller has not seen; nothing changed
--       late             the promotion's use is not held any more; nothing changed
--@include store/now_ms
--@include store/tag
--@include jobs/emit
local purchase, user, user_purchases, by_id, by_created, by_state, by_user_id, latest, user_subscription = unpack(KEYS)
local purchase_id, user_id, now, intent, digest, hold_until, guard_ms, seen, beside, work = unpack(ARGV)

local known = redis.call("HGET", purchase, "digest")
if known then
    return { known == digest and "known" or "key_reused" }
end
if redis.call("EXISTS", user) == 0 then
    return { "no_such_user" }
end
if tonumber(hold_until) > 0 and tonumber(hold_until) <= now_ms() then
    return { "late" }
end
local wanted = cjson.decode(intent)
if tonumber(guard_ms) > 0 then
    local before, at = unpack(redis.call("HMGET", latest, "id", "at"))
    if before and before ~= seen and tonumber(now) - tonumber(at) < tonumber(guard_ms) then
        return { "repeated", before }
    end
    local open = redis.call("GET", user_subscription)
    if open and beside ~= "any" and open ~= beside then
        return { "subscribed", open }
    end
    redis.call("HSET", latest, "id", purchase_id, "at", now, "way", wanted.way or "")
    redis.call("PEXPIRE", latest, guard_ms)
end
for field, value in pairs(wanted) do
    redis.call("HSET", purchase, field, value)
end
redis.call("HSET", purchase, "id", purchase_id, "user_id", user_id, "created", now,
    "digest", digest, "state", "begun")
redis.call("HINCRBY", user, "purchases_begun", 1) -- an erasure that has not seen it looks again
redis.call("ZADD", user_purchases, now, purchase_id)
redis.call("ZADD", by_id, 0, purchase_id)
redis.call("ZADD", by_created, now, purchase_id)
redis.call("ZADD", by_state, tag("begun"), purchase_id)
redis.call("ZADD", by_user_id, user_id, purchase_id)
emit(rest, work)
return { "begun" }
