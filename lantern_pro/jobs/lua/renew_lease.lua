-- Prolongs the lease of the job that calls, and notes the phase that it enters.
-- The phase is kept for whoever runs the job next: it says which foreign call may have happened.
-- KEYS  ...       the ledger's keys, then the job's row (HASH)
-- ARGV  work      JSON: {fence: {id, epoch}, follow: []}
--       lease_ms  how long the lease lasts from now
--       phase     a word of the job's own; empty leaves the phase as it is
-- -->   renewed        the lease runs anew
--       already_done   the job is done; nothing changed
--       superseded     another worker has the job; nothing changed
--@include jobs/once
--@include jobs/ledger
--@include store/now_ms
local work, lease_ms, phase = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local sets = ledger(rest)
local row, lease_end = rest[sets.size + 1], now_ms() + lease_ms
redis.call("ZADD", sets.leased, lease_end, cjson.decode(work).fence.id)
redis.call("HSET", row, "lease_end", lease_end)
if phase ~= "" then
    redis.call("HSET", row, "phase", phase)
end
return { "renewed" }
