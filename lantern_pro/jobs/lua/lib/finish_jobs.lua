--@include jobs/end_jobs
--@include jobs/ledger
--@include jobs/meter_field
-- Marks jobs of which their holder has had the effect as done, and counts how long they ran.
local function finish_jobs(rest, jobs, now)
    local tally = {}
    for _, job in ipairs(jobs) do
        local field = meter_field(job.kind, "run", now - job.leased_at)
        tally[field] = (tally[field] or 0) + 1
    end
    for field, count in pairs(tally) do
        redis.call("HINCRBY", ledger(rest).meter, field, count)
    end
    end_jobs(rest, jobs, "leased", "done", now)
end
