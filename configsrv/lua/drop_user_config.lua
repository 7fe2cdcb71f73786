-- Takes the Pro part of a configuration away from a user who is not Pro.
-- KEYS  user      HASH    the account; may be gone
--       config    HASH    what is taken away
--       renewals  ZSET    users -> when their passes are made anew, ms
--       ...       the ledger's keys, then the work's rows
-- ARGV  work      JSON: {fence: {id, epoch}, follow: [...]}
--       user_id   text
--       now       ms
-- -->   dropped       there is none now
--       changed       the user is Pro now; nothing changed
--       already_done  nothing changed
--       superseded    nothing changed
--@include jobs/once
--@include jobs/emit
local user, config, renewals = unpack(KEYS)
local work, user_id, now = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
if tonumber(redis.call("HGET", user, "expiration") or 0) > tonumber(now) then
    return { "changed" }
end
redis.call("DEL", config)
redis.call("ZREM", renewals, user_id)
emit(rest, work)
return { "dropped" }
