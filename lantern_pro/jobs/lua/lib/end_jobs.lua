--@include jobs/move_jobs
-- Ends jobs (done, dead or dropped), and tells those who wait for them: they listen on a channel
-- that has the name of the job's row.
local function end_jobs(rest, jobs, from, to, now)
    for _, job in ipairs(jobs) do
        job.score = now
        redis.call("HSET", job.row, "state", to, "finished", now)
        redis.call("PUBLISH", job.row, to)
    end
    move_jobs(rest, jobs, from, to)
end
