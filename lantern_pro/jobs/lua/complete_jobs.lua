-- Marks many jobs as done, each if its holder still may, that have no effect in this store and
-- nothing that follows.
-- KEYS  ...       the ledger's keys, then two (job_keys) for each job
-- ARGV  held      JSON list of [id, epoch], in the order of the keys
-- -->   completed {count}  so many are done now; of the others nothing changed: they were done
--                          before, or another worker has them
--@include jobs/job_at
--@include jobs/refusal_of
--@include jobs/finish_jobs
--@include store/now_ms
local held = unpack(ARGV)

local jobs = {}
for position, fence in ipairs(cjson.decode(held)) do
    local job = job_at(rest, position, fence[1])
    if not refusal_of(job, fence[2]) then
        jobs[#jobs + 1] = job
    end
end
finish_jobs(rest, jobs, now_ms())
return { "completed", #jobs }
