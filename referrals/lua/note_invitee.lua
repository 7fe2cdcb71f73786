-- Enters a user in the list of those who came by somebody's code. The job goes on: it looks then
-- whether the invitee is still there.
-- KEYS  user        HASH  the inviter's account; may be erased
--       invitees    ZSET  the inviter's invitees: user id -> when, ms
--       ...               the ledger's keys and the job's row
-- ARGV  invitee_id  user id
--       now         ms
--       work        JSON: {fence}
-- -->   noted         the list has the invitee
--       no_such_user  the inviter is gone; nothing changed
--       already_done  the job had its effect before; nothing changed
--       superseded    another worker has the job; nothing changed
--@include jobs/once
local user, invitees = unpack(KEYS)
local invitee_id, now, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
if redis.call("EXISTS", user) == 0 then
    return { "no_such_user" }
end
redis.call("ZADD", invitees, "NX", now, invitee_id)
return { "noted" }
