-- Ends a job that waits or is dead without its effect, because staff decided so.
-- KEYS  ...       the ledger's keys, then two (job_keys) for the job
-- ARGV  job_id    text
--       reason    text, shown to staff
-- -->   dropped       it will not run any more
--       not_waiting   it is running, done or dropped; nothing changed
--       no_such_job   nothing changed
--@include jobs/job_at
--@include jobs/count_job
--@include jobs/end_jobs
--@include store/now_ms
local job_id, reason = unpack(ARGV)

local job = job_at(rest, 1, job_id)
local state, kind = unpack(redis.call("HMGET", job.row, "state", "kind"))
if not state then
    return { "no_such_job" }
end
if state ~= "dead" and state ~= "pending" then
    return { "not_waiting" }
end
redis.call("HSET", job.row, "dropped_because", reason)
count_job(rest, kind, "dropped")
end_jobs(rest, { job }, state, "dropped", now_ms())
return { "dropped" }
