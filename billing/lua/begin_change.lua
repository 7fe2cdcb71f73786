-- Records that a subscription is to be another plan, before Stripe is asked; one change at a time.
-- KEYS  subscription  HASH  the subscription
--       by_check_at   ZSET  index of subscriptions
--       ...                 the ledger's keys, rows of jobs that follow
-- ARGV  plan      the plan that is wanted
--       key       names the change, here and at Stripe
--       seen      when the last change began of which the caller knows, ms; 0 when it knows of none
--       now       ms
--       check_at  when Stripe is asked about it, whoever comes back or not, ms
--       work      JSON: {follow}
-- -->   begun                 the intent is recorded
--       under_way             another change is open, or was since then; nothing changed
--       no_such_subscription  it is gone, or has ended; nothing changed
--@include jobs/emit
local subscription, by_check_at = unpack(KEYS)
local plan, key, seen, now, check_at, work = unpack(ARGV)

local id, state, open, begun = unpack(redis.call("HMGET", subscription, "id", "state",
    "change_key", "change_begun"))
if not id or state == "ended" then
    return { "no_such_subscription" }
end
if (open or "") ~= "" or tonumber(begun or 0) ~= tonumber(seen) then
    return { "under_way" }
end
redis.call("HSET", subscription, "change_to", plan, "change_key", key, "change_begun", now,
    "check_at", check_at)
redis.call("ZADD", by_check_at, check_at, id)
emit(rest, work)
return { "begun" }
