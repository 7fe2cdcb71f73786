-- Notes that an account is to have another mail address, or shall prove the one that it has. An
-- account without an address has the new one at once, unproven; else nothing is changed until
-- codes come back.
-- KEYS  user            HASH  the account
--       change          HASH  the change that is under way
--       lex_email_hash  ZSET  index of accounts
--       ...                   the ledger's keys, then a row for each job that follows
-- ARGV  work            JSON: {follow: [...]}
--       user_id         text
--       digest          keyed hash of the new address
--       sealed          the new address, encrypted
--       nonce           of which the codes are made
--       now             ms
--       life_ms         how long the codes are good
--       pause_ms        the least time between two mails
--       most_tries      how many wrong codes may be sent; after that a change is begun anew
--       most_changes    how often that may be, until for life_ms no other was begun
-- -->   named           the account has the address, unproven
--       begun           the change waits for its codes
--       begun_again     the codes stay, and are mailed again
--       known           they were mailed a moment ago; nothing changed
--       proven          the account has proven this address before; nothing changed
--       spent           too many changes were begun; nothing changed
--       no_such_user    nothing changed
--@include jobs/emit
local user, change, lex_email_hash = unpack(KEYS)
local work, user_id, digest, sealed, nonce, now, life_ms, pause_ms, most_tries, most_changes = unpack(ARGV)

if redis.call("EXISTS", user) == 0 then
    return { "no_such_user" }
end
local present, proven = unpack(redis.call("HMGET", user, "email_hash", "email_proven"))
if present == digest and proven then
    return { "proven" }
end
local wanted, mailed, tries, begun = unpack(redis.call("HMGET", change, "digest", "mailed", "tries", "begun"))
local is_good = wanted == digest and tonumber(tries) < tonumber(most_tries)
if is_good and now - mailed < tonumber(pause_ms) then
    return { "known" }
end
if not is_good and tonumber(begun or 0) >= tonumber(most_changes) then
    return { "spent" }
end
emit(rest, work)
if is_good then
    redis.call("HSET", change, "mailed", now)
    return { "begun_again" }
end
redis.call("DEL", change)
redis.call("HSET", change, "digest", digest, "sealed", sealed, "nonce", nonce, "mailed", now, "tries", 0,
    "begun", (begun or 0) + 1)
redis.call("PEXPIRE", change, life_ms)
if present then
    return { "begun" }
end
redis.call("HSET", user, "email_hash", digest, "email_sealed", sealed)
redis.call("ZADD", lex_email_hash, 0, digest .. "\0" .. user_id)
return { "named" }
