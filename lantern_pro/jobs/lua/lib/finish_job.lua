--@include jobs/count_job
--@include jobs/end_job
-- Marks a job as done that its holder has had the effect of.
local function finish_job(rest, job, now)
    local kind, leased_at = unpack(redis.call("HMGET", job.row, "kind", "leased_at"))
    count_job(rest, kind, "run", now - leased_at)
    end_job(rest, job, "leased", "done", now)
end
