-- Notes that another account's owner proved an address later: it is no longer this one's alone.
-- KEYS  user      HASH  the account
-- ARGV  digest    keyed hash of the address
--       proven    when the account had proven it, as read, ms
-- -->   unproven  the account still names the address, unproven
--       changed   the address or its proof is another by now; nothing changed
local user = unpack(KEYS)
local digest, proven = unpack(ARGV)

local digest_now, proven_now = unpack(redis.call("HMGET", user, "email_hash", "email_proven"))
if digest_now ~= digest or proven_now ~= proven then
    return { "changed" }
end
redis.call("HDEL", user, "email_proven")
return { "unproven" }
