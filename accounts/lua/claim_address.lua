-- Notes in the cell of a mail address what an account makes of it: names it, has proven it, or no
-- longer names it. Of all accounts one may hold an address: the one that has proven it last.
-- With the last account that named it and was erased, what became of mails to it is forgotten.
-- KEYS  claims      ZSET  accounts that name the address -> since, ms
--       holder      HASH  user_id, proven (ms): the account that holds it
--       standing    HASH  what became of mails to the address
-- ARGV  user_id     text
--       names       yes or no: whether the account names the address; gone: it was erased
--       proven      when its owner proved to read its mail, ms; 0 when never
--       now         ms
-- -->   held {other}  the account holds it; other is who held it until now, or 0
--       named       the account names it and has not proven it
--       released    the account has nothing to do with it
--       proven_later {other}  another proved it later and holds it; the account only names it
local claims, holder, standing = unpack(KEYS)
local user_id, names, proven, now = unpack(ARGV)

local held_by, held_since = unpack(redis.call("HMGET", holder, "user_id", "proven"))
if names ~= "yes" then
    redis.call("ZREM", claims, user_id)
    if held_by == user_id then
        redis.call("DEL", holder)
    end
    if names == "gone" and redis.call("EXISTS", claims) == 0 then
        redis.call("DEL", standing)
    end
    return { "released" }
end
redis.call("ZADD", claims, "NX", now, user_id)
if tonumber(proven) == 0 then
    if held_by == user_id then
        redis.call("DEL", holder)
    end
    return { "named" }
end
if held_by and held_by ~= user_id and tonumber(held_since) >= tonumber(proven) then
    return { "proven_later", held_by }
end
redis.call("HSET", holder, "user_id", user_id, "proven", proven)
return { "held", held_by ~= user_id and held_by or "0" }
