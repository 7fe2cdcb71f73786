-- Prolongs the leases of jobs that their holder still may have, and notes the phase that it
-- enters. The phase is kept for whoever runs the job next: it says which foreign call may have
-- happened.
-- KEYS  ...       the ledger's keys, then two (job_keys) for each job
-- ARGV  held      JSON list of [id, epoch], in the order of the keys
--       lease_ms  how long the leases last from now
--       phase     a word of the jobs' kind; empty leaves the phase as it is
-- -->   renewed {lost}  JSON list of the ids that were done before or that another worker has;
--                       of these nothing changed
--@include jobs/ledger
--@include jobs/job_at
--@include jobs/refusal_of
--@include store/now_ms
local held, lease_ms, phase = unpack(ARGV)

local lease_end, lost = now_ms() + lease_ms, {}
for position, fence in ipairs(cjson.decode(held)) do
    local job = job_at(rest, position, fence[1])
    if refusal_of(job, fence[2]) then
        lost[#lost + 1] = job.id
    else
        redis.call("ZADD", ledger(rest).leased, lease_end, job.id)
        if phase ~= "" then
            redis.call("HSET", job.row, "phase", phase)
        end
    end
end
return { "renewed", #lost == 0 and "[]" or cjson.encode(lost) }
