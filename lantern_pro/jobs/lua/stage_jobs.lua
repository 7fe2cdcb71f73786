-- Stages jobs by themselves; a job that is known already is not staged again.
-- KEYS  ...       the ledger's keys, then two (job_keys) for each job
-- ARGV  work      JSON: {follow: [{id, kind, arguments, about, delay_ms}]}
-- -->   staged {count}  every job is in the ledger; so many are new
--@include jobs/emit
local work = unpack(ARGV)

return { "staged", emit(rest, work) }
