-- Deletes the list of an erased user's purchases, each of which has been stripped before.
-- KEYS  user_purchases  ZSET  the user's purchases: id -> when, ms
--       ...                   the ledger's keys and the job's row
-- ARGV  work            JSON: {fence, follow}
-- -->   dropped         there is no list
--       already_done    the job had its effect before; nothing changed
--       superseded      another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local user_purchases = unpack(KEYS)
local work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
redis.call("DEL", user_purchases)
emit(rest, work)
return { "dropped" }
