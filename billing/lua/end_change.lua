-- Ends the change of a subscription to another plan: it has happened, or will not.
-- KEYS  subscription  HASH  the subscription
--       ...                 the ledger's keys
-- ARGV  key   names the change
--       work  JSON: {follow: []}
-- -->   ended    no change is open
--       another  it had ended before; nothing changed
--@include jobs/emit
local subscription = unpack(KEYS)
local key, work = unpack(ARGV)

if redis.call("HGET", subscription, "change_key") ~= key then
    return { "another" }
end
redis.call("HDEL", subscription, "change_to", "change_key") -- change_begun stays
emit(rest, work)
return { "ended" }
