-- Leases those of the given jobs that are due, or whose last lease has run out, by Redis's time.
-- Each lease raises the job's epoch, so that whoever held it before can no longer commit.
-- KEYS  ...       the ledger's keys, then a row (HASH) for each job
-- ARGV  ids       JSON list of job ids, in the order of the rows
--       lease_ms  how long the lease lasts
-- -->   leased {jobs}  JSON list of [id, kind, arguments, epoch, attempts, phase]; may be empty
--@include jobs/ledger
--@include jobs/set_job_state
--@include store/now_ms
local ids, lease_ms = unpack(ARGV)

local sets, now, leased = ledger(rest), now_ms(), {}
for index, id in ipairs(cjson.decode(ids)) do
    local row = rest[sets.size + index]
    local due = redis.call("ZSCORE", sets.due, id) or redis.call("ZSCORE", sets.leased, id)
    if due and tonumber(due) <= now then
        local epoch = redis.call("HINCRBY", row, "epoch", 1)
        local attempts = redis.call("HINCRBY", row, "attempts", 1)
        redis.call("HSET", row, "lease_end", now + lease_ms)
        set_job_state(rest, row, id, "leased", now + lease_ms)
        local kind, arguments, phase = unpack(redis.call("HMGET", row, "kind", "arguments", "phase"))
        leased[#leased + 1] = { id, kind, arguments, epoch, attempts, phase or "" }
    end
end
return { "leased", #leased == 0 and "[]" or cjson.encode(leased) }
