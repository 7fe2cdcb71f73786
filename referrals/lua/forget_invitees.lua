-- Takes users off a list of invitees: the erased off another's, or others off an erased user's.
-- KEYS  invitees      ZSET  the inviter's invitees: user id -> when, ms
--       ...                 the ledger's keys, the job's row, rows of jobs that follow
-- ARGV  ids           JSON list of user ids, as texts
--       work          JSON: {fence, follow}
-- -->   forgotten     the list has none of them
--       already_done  the job had its effect before; nothing changed
--       superseded    another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local invitees = unpack(KEYS)
local ids, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
for _, id in ipairs(cjson.decode(ids)) do
    redis.call("ZREM", invitees, id)
end
emit(rest, work)
return { "forgotten" }
