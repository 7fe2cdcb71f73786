-- Takes a code that was mailed for a change of address; when all that are needed came back, the
-- account has the new address, proven. The old address is asked too, where it is proven.
-- KEYS  user            HASH  the account
--       change          HASH  the change that is under way; once done, of what its codes were made
--       lex_email_hash  ZSET  index of accounts
--       ...                   the ledger's keys, then a row for each job that follows
-- ARGV  work            JSON: {follow: [...]}
--       user_id         text
--       nonce           of the codes, as read
--       present         keyed hash of the address that the account has, as read, or empty
--       side            new or old: whose code it is; empty when it is none
--       most_tries      how many wrong codes may be sent
--       now             ms
-- -->   confirmed       the account has the new address, proven
--       waits           the code is right; that of the other address is missing
--       wrong           it is none, or too many wrong ones were sent
--       no_change       no change is under way, or another one; nothing changed
--       stale           the account has another address by now; nothing changed
--@include jobs/emit
local user, change, lex_email_hash = unpack(KEYS)
local work, user_id, nonce, present, side, most_tries, now = unpack(ARGV)

local digest, sealed, nonce_now, tries = unpack(redis.call("HMGET", change, "digest", "sealed", "nonce", "tries"))
if nonce_now ~= nonce then
    return { "no_change" }
end
local present_now, proven = unpack(redis.call("HMGET", user, "email_hash", "email_proven"))
if (present_now or "") ~= present then
    return { "stale" }
end
if tonumber(tries) >= tonumber(most_tries) then
    return { "wrong" }
end
if side == "" then
    redis.call("HINCRBY", change, "tries", 1)
    return { "wrong" }
end
redis.call("HSET", change, side, "yes")
local new, old = unpack(redis.call("HMGET", change, "new", "old"))
local needs_old = proven and present ~= digest
if not new or (needs_old and not old) then
    return { "waits" }
end
redis.call("HSET", user, "email_hash", digest, "email_sealed", sealed, "email_proven", now)
redis.call("ZREM", lex_email_hash, present .. "\0" .. user_id)
redis.call("ZADD", lex_email_hash, 0, digest .. "\0" .. user_id)
redis.call("HSET", change, "done", nonce)
redis.call("HDEL", change, "digest", "sealed", "nonce", "mailed", "tries", "begun", "new", "old")
emit(rest, work)
return { "confirmed" }
