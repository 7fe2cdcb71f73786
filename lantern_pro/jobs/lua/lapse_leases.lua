-- Takes jobs back whose holder let the lease run out, by Redis's time: it died, or hangs. They are
-- due as before, and the try does not count; but a job to which that happens again waits for others
-- to go first, a minute at most, and one that ends its workers again and again is given up. An entry
-- among the leases whose job has no row is taken out.
-- KEYS  ...          the ledger's keys, then two (job_keys) for each job
-- ARGV  ids          JSON list of job ids, in the order of the keys
--       most_lapses  how often a job may lose its holder
-- -->   lapsed {count}  so many were taken back; the others have a holder, or have ended
--@include jobs/ledger
--@include jobs/job_at
--@include jobs/count_job
--@include jobs/await_due
--@include jobs/end_jobs
--@include store/now_ms
local ids, most_lapses = unpack(ARGV)

local now, count = now_ms(), 0
for position, id in ipairs(cjson.decode(ids)) do
    local job = job_at(rest, position, id)
    local lease_end = redis.call("ZSCORE", ledger(rest).leased, id)
    local kind, due = unpack(redis.call("HMGET", job.row, "kind", "due"))
    if not kind then
        redis.call("ZREM", ledger(rest).leased, id)
    elseif lease_end and tonumber(lease_end) <= now then
        local lapses = redis.call("HINCRBY", job.row, "lapses", 1)
        redis.call("HSET", job.row, "last_error", "its worker fell silent")
        count_job(rest, kind, "lapsed")
        if lapses > tonumber(most_lapses) then
            redis.call("HSET", job.row, "last_error", "its workers fell silent " .. lapses .. " times")
            count_job(rest, kind, "dead")
            end_jobs(rest, { job }, "leased", "dead", now)
        else
            local pause = lapses > 1 and math.min(250 * 2 ^ lapses, 60000) or 0
            await_due(rest, job, pause > 0 and now + pause or due, false)
        end
        count = count + 1
    end
end
return { "lapsed", count }
