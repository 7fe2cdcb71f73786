-- Attaches an inviter to a user, once, never to oneself and never in a ring.
-- The caller has read the chain of inviters above the inviter; it is looked at again here, so that
-- two attachments at once cannot close a ring between them.
-- KEYS  user        HASH  the invitee's account
--       ...         HASH  the accounts of the inviter, of the inviter's inviter and so on, so far
--                         as they live in this cell
-- ARGV  user_id     the invitee
--       inviter_id  the owner of the code
--       code        the code
--       now         ms
--       chain       JSON list: the inviter of each account of the rest as read, "" for none
--       jobs        how many keys at the rest's beginning are the ledger's and the jobs'
--       work        JSON: {follow: [...]}
-- -->   attached            the user has an inviter now
--       already_attached    the user had one before; nothing changed
--       own_code            nobody can invite themself; nothing changed
--       ring                the inviter came by this user; nothing changed
--       changed             the chain is no longer as read; nothing changed, read it again
--       no_such_user        the invitee is gone; nothing changed
--@include jobs/emit
local user = unpack(KEYS)
local user_id, inviter_id, code, now, chain, jobs, work = unpack(ARGV)

if redis.call("EXISTS", user) == 0 then
    return { "no_such_user" }
end
if inviter_id == user_id then
    return { "own_code" }
end
if redis.call("HEXISTS", user, "inviter_id") == 1 then
    return { "already_attached" }
end
for position, read in ipairs(cjson.decode(chain)) do
    local present = redis.call("HGET", rest[jobs + position], "inviter_id") or ""
    if present ~= read then
        return { "changed" }
    end
    if present == user_id then
        return { "ring" }
    end
end
redis.call("HSET", user, "inviter", code, "inviter_id", inviter_id, "invited", now)
emit(rest, work)
return { "attached" }
