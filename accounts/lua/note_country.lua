-- Notes in which country a user's app says that it is, but not another one every hour: each change
-- may bring other proxies, and whoever could change at will would learn more of them.
-- KEYS  user       HASH  the account
--       ...        the ledger's keys, then a row for each job that follows
-- ARGV  work       JSON: {follow: [...]}
--       country    two letters
--       now        ms
--       pause_ms   the least time between two changes
-- -->   noted          the account has it, and what follows is staged
--       same           it had it before; nothing changed
--       lately         the last change is too near; nothing changed
--       no_such_user   nothing changed
--@include jobs/emit
local user = unpack(KEYS)
local work, country, now, pause_ms = unpack(ARGV)

local id, before, changed = unpack(redis.call("HMGET", user, "id", "country", "country_at"))
if not id then
    return { "no_such_user" }
end
if before == country then
    return { "same" }
end
if now - (changed or 0) < tonumber(pause_ms) then
    return { "lately" }
end
redis.call("HSET", user, "country", country, "country_at", now)
emit(rest, work)
return { "noted" }
