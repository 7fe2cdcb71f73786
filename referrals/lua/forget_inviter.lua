-- Takes the code of an erased inviter off an account. That it was invited, and by which number,
-- stays: the account has the bonus of its first purchase for it.
-- KEYS  user          HASH  the invitee's account; may be erased
--       ...                 the ledger's keys and the job's row
-- ARGV  work          JSON: {fence, follow}
-- -->   forgotten     the account names no code
--       already_done  the job had its effect before; nothing changed
--       superseded    another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local user = unpack(KEYS)
local work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
redis.call("HDEL", user, "inviter")
emit(rest, work)
return { "forgotten" }
