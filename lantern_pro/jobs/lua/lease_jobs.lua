-- Leases those of the given jobs that are due, by Redis's time. Each lease raises the job's epoch,
-- so that whoever held it before can no longer commit. A job that has lost its holder is leased
-- alone: if it is what ends its workers, it takes no other job along. The same call again, because
-- its answer was lost on the way, is answered as before: `holder` names the call. An entry among
-- those that are due whose job has no row is taken out: there is nothing to run.
-- KEYS  ...       the ledger's keys, then two (job_keys) for each job
-- ARGV  ids       JSON list of job ids, in the order of the keys
--       lease_ms  how long the lease lasts
--       holder    names the worker and its call; no other call has this name
-- -->   leased {jobs}  JSON list of [id, kind, arguments, epoch, attempts, waits, phase]; may be
--                       empty
--@include jobs/job_at
--@include jobs/ledger
--@include jobs/meter_field
--@include jobs/move_jobs
--@include store/now_ms
local ids, lease_ms, holder = unpack(ARGV)

local now, leased, taken, tally, alone = now_ms(), {}, {}, {}, false
for position, id in ipairs(cjson.decode(ids)) do
    local job = job_at(rest, position, id)
    local due = tonumber(redis.call("ZSCORE", job.due, id) or now + 1)
    local kind, arguments, epoch, attempts, waits, phase, state, held_by, lapses = unpack(redis.call(
        "HMGET", job.row, "kind", "arguments", "epoch", "attempts", "waits", "phase", "state",
        "holder", "lapses"))
    local lost_its_holder = tonumber(lapses or 0) > 0
    if not kind then
        redis.call("ZREM", job.due, id)
    elseif due <= now and not alone and (#taken == 0 or not lost_its_holder) then
        alone = lost_its_holder
        epoch, attempts, state, held_by = epoch + 1, attempts + 1, "leased", holder
        redis.call("HSET", job.row, "state", state, "epoch", epoch, "attempts", attempts, "holder",
            holder, "leased_at", now)
        local field = meter_field(kind, "wait", now - due)
        tally[field] = (tally[field] or 0) + 1
        job.score = now + lease_ms
        taken[#taken + 1] = job
    end
    if state == "leased" and held_by == holder then
        leased[#leased + 1] = { id, kind, arguments, tonumber(epoch), tonumber(attempts),
            tonumber(waits or 0), phase or "" }
    end
end
for field, count in pairs(tally) do
    redis.call("HINCRBY", ledger(rest).meter, field, count)
end
move_jobs(rest, taken, "pending", "leased")
return { "leased", #leased == 0 and "[]" or cjson.encode(leased) }
