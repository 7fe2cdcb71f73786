-- Enters a user in the list of those who came by somebody's code.
-- KEYS  invitees    ZSET  the inviter's invitees: user id -> when, ms
--       ...               the ledger's keys and the job's row
-- ARGV  invitee_id  user id
--       now         ms
--       work        JSON: {fence, follow}
-- -->   noted         the list has the invitee
--       already_done  the job had its effect before; nothing changed
--       superseded    another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local invitees = unpack(KEYS)
local invitee_id, now, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
redis.call("ZADD", invitees, "NX", now, invitee_id)
emit(rest, work)
return { "noted" }
