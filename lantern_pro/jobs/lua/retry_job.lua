-- Gives a job that waits or is dead another try at once.
-- KEYS  ...       the ledger's keys, then the job's row (HASH)
-- ARGV  job_id    text
-- -->   pending       it is due now
--       not_waiting   it is running or done; nothing changed
--       no_such_job   nothing changed
--@include jobs/ledger
--@include jobs/set_job_state
--@include store/now_ms
local job_id = unpack(ARGV)

local row, now = rest[ledger(rest).size + 1], now_ms()
local state = redis.call("HGET", row, "state")
if not state then
    return { "no_such_job" }
end
if state ~= "dead" and state ~= "pending" then
    return { "not_waiting" }
end
redis.call("HSET", row, "due", now, "attempts", 0)
set_job_state(rest, row, job_id, "pending", now)
return { "pending" }
