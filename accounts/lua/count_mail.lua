-- Counts a mail that somebody asks to be sent to an address, unless it has had too many of late.
-- KEYS  mails     ZSET  jobs that wrote to the address -> when, ms
-- ARGV  job_id    the job that writes; however often it is tried, it counts once
--       now       ms
--       span_ms   how long a mail is counted
--       most      how many there may be
-- -->   counted   the mail may go
--       spent     too many; nothing changed
local mails = unpack(KEYS)
local job_id, now, span_ms, most = unpack(ARGV)

if redis.call("ZSCORE", mails, job_id) then
    return { "counted" }
end
local since = string.format("%.0f", now - span_ms)
if redis.call("ZCOUNT", mails, "(" .. since, "+inf") >= tonumber(most) then
    return { "spent" }
end
redis.call("ZREMRANGEBYSCORE", mails, "-inf", since)
redis.call("ZADD", mails, now, job_id)
redis.call("PEXPIRE", mails, span_ms)
return { "counted" }
