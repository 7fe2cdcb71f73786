--@include jobs/set_job_state
-- Ends a lease without an effect: the job is due at the given time, and the try does not count
-- when `counts` is false.
local function await_due(rest, job, due, counts)
    if not counts then
        redis.call("HINCRBY", job.row, "attempts", -1)
    end
    redis.call("HDEL", job.row, "lease_end")
    redis.call("HSET", job.row, "due", due)
    set_job_state(rest, job, "leased", "pending", due)
end
