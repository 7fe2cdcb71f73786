-- Gives a job that waits or is dead another try at once.
-- KEYS  ...       the ledger's keys, then two (job_keys) for the job
-- ARGV  job_id    text
-- -->   pending       it is due now
--       not_waiting   it is running, done or dropped; nothing changed
--       no_such_job   nothing changed
--@include jobs/job_at
--@include jobs/move_jobs
--@include store/now_ms
local job_id = unpack(ARGV)

local job, now = job_at(rest, 1, job_id), now_ms()
local state = redis.call("HGET", job.row, "state")
if not state then
    return { "no_such_job" }
end
if state ~= "dead" and state ~= "pending" then
    return { "not_waiting" }
end
redis.call("HDEL", job.row, "finished")
redis.call("HSET", job.row, "state", "pending", "due", now, "attempts", 0, "lapses", 0, "waits", 0)
job.score = now
move_jobs(rest, { job }, state, "pending")
return { "pending" }
