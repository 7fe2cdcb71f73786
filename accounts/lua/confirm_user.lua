-- Notes that a client has stored its credentials; from then on its sign-up finds nothing.
-- KEYS  user    HASH    the account
--       signup  STRING  the sign-up that made it
--       unconfirmed  ZSET  accounts that nobody has confirmed -> created, ms
-- ARGV  now     ms
-- -->   confirmed           for the first time
--       already_confirmed   nothing changed
--       no_such_user        nothing changed
local user, signup, unconfirmed = unpack(KEYS)
local now = unpack(ARGV)

if redis.call("EXISTS", user) == 0 then
    return { "no_such_user" }
end
if redis.call("HSETNX", user, "confirmed", now) == 0 then
    return { "already_confirmed" }
end
redis.call("DEL", signup)
redis.call("ZREM", unconfirmed, redis.call("HGET", user, "id"))
redis.call("HDEL", user, "signup")
return { "confirmed" }
