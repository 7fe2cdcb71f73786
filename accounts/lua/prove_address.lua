-- Notes that an account's owner reads the mail of its address.
-- KEYS  user      HASH  the account
--       ...             the ledger's keys, then a row for each job that follows
-- ARGV  work      JSON: {follow: [...]}
--       digest    keyed hash of the address whose mail was read
--       now       ms
-- -->   proven    the account's address is proven
--       another   the account has another address, or none; nothing changed
--@include jobs/emit
local user = unpack(KEYS)
local work, digest, now = unpack(ARGV)

if redis.call("HGET", user, "email_hash") ~= digest then
    return { "another" }
end
redis.call("HSET", user, "email_proven", now)
emit(rest, work)
return { "proven" }
