-- Notes what became of a mail to an address; of each kind of event the latest counts, so that events
-- may come twice and in any order.
-- KEYS  standing  HASH  the address's standing; nothing is kept of one that never gave trouble
-- ARGV  kind      bounced, complained, soft or delivered
--       at        when it happened, ms
--       why       the mail service's word for it, or empty
--       ttl_ms    how long to keep what is known
-- -->   noted        the event is the latest of its kind
--       known        it was noted before, or a later one was; nothing changed
--       no_trouble   a delivery to an address that never gave trouble; nothing changed
local standing = unpack(KEYS)
local kind, at, why, ttl_ms = unpack(ARGV)

if kind == "delivered" and redis.call("EXISTS", standing) == 0 then
    return { "no_trouble" }
end
local before = redis.call("HGET", standing, kind)
if before and tonumber(before) >= tonumber(at) then
    return { "known" }
end
redis.call("HSET", standing, kind, at)
if kind ~= "delivered" then
    redis.call("HSET", standing, "why", why)
end
redis.call("PEXPIRE", standing, ttl_ms)
return { "noted" }
