-- Enters a user in the list of those who came by somebody's code.
-- KEYS  user        HASH  the inviter's account; may be erased
--       invitees    ZSET  the inviter's invitees: user id -> when, ms
--       ...               the ledger's keys and the job's row
-- ARGV  invitee_id  user id
--       now         ms
--       work        JSON: {fence, follow}
-- -->   noted         the list has the invitee, unless the inviter is gone
--       already_done  the job had its effect before; nothing changed
--       superseded    another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local user, invitees = unpack(KEYS)
local invitee_id, now, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
if redis.call("EXISTS", user) == 1 then
    redis.call("ZADD", invitees, "NX", now, invitee_id)
end
emit(rest, work)
return { "noted" }
