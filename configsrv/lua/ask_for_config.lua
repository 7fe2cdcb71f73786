-- Stages the mail with a user's own configuration, if the user is Pro, their address is confirmed,
-- and none was asked for lately.
-- KEYS  user      HASH    the account
--       asked     STRING  that one was asked for; goes by itself
--       ...               the ledger's keys and a row for the job
-- ARGV  now       ms
--       pause_ms  how long until one may be asked for again
--       work      JSON: {follow}
-- -->   asked          the mail is staged
--       lately {ms}    one was asked for; ms is how long to wait; nothing changed
--       not_pro        nothing changed
--       no_address     the user has no confirmed address; nothing changed
--       no_such_user   nothing changed
--@include jobs/emit
local user, asked = unpack(KEYS)
local now, pause_ms, work = unpack(ARGV)

local expiration, address, confirmed = unpack(redis.call("HMGET", user, "expiration", "email_sealed", "email_proven"))
if not expiration then
    return { "no_such_user" }
end
if tonumber(expiration) <= tonumber(now) then
    return { "not_pro" }
end
if not confirmed or not address or address == "" then
    return { "no_address" }
end
local left = redis.call("PTTL", asked)
if left > 0 then
    return { "lately", left }
end
redis.call("SET", asked, now, "PX", pause_ms)
emit(rest, work)
return { "asked" }
