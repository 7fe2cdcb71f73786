-- Notes how far the moving of a proxy's users is, and stages the next page of it.
-- KEYS  moving    HASH    how far it is
--       users     ZSET    the proxy's users -> since, ms
--       ...       the ledger's keys, then the work's rows
-- ARGV  work      JSON: {fence: {id, epoch}, follow: [...]}
--       reason    why they are moved
--       now       ms
--       since     when this moving began, ms
--       moved     how many of the page have another proxy instead
--       dropped   how many left without another: they wait
--       stayed    how many stay
--       is_last   1 when nobody is left to look at, else 0
-- -->   noted         the figures are those of the moving that began last
--       already_done  nothing changed
--       superseded    nothing changed
--@include jobs/once
--@include jobs/emit
local moving, users = unpack(KEYS)
local work, reason, now, since, moved, dropped, stayed, is_last = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local known = tonumber(redis.call("HGET", moving, "since") or 0)
if known < tonumber(since) then
    redis.call("DEL", moving)
    redis.call("HSET", moving, "since", since, "reason", reason, "moved", 0, "dropped", 0, "stayed", 0)
end
if known <= tonumber(since) then
    redis.call("HINCRBY", moving, "moved", moved)
    redis.call("HINCRBY", moving, "dropped", dropped)
    redis.call("HINCRBY", moving, "stayed", stayed)
    redis.call("HSET", moving, "left", redis.call("ZCARD", users), is_last == "1" and "ended" or "seen", now)
    redis.call("PEXPIRE", moving, 604800000)
end
emit(rest, work)
return { "noted" }
