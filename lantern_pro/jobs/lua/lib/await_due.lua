--@include jobs/move_jobs
-- Ends a lease without an effect: the job is due at the given time, and the try does not count
-- when `counts` is false.
local function await_due(rest, job, due, counts)
    if not counts then
        redis.call("HINCRBY", job.row, "attempts", -1)
    end
    job.score = due
    redis.call("HSET", job.row, "state", "pending", "due", due)
    move_jobs(rest, { job }, "leased", "pending")
end
