--@include jobs/set_job_state
-- Ends a job (done, dead or dropped), and tells those who wait for it: they listen on a channel
-- that has the name of its row.
local function end_job(rest, job, from, to, now)
    redis.call("HSET", job.row, "finished", now)
    redis.call("HDEL", job.row, "lease_end")
    set_job_state(rest, job, from, to, now)
    redis.call("PUBLISH", job.row, to)
end
