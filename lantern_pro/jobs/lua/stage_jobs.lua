-- Stages jobs by themselves; a job that is known already is not staged again.
-- KEYS  ...       the ledger's keys, then a row (HASH) for each job
-- ARGV  work      JSON: {follow: [{id, kind, arguments, about, delay_ms}]}
-- -->   staged    every job is in the ledger
--@include jobs/emit
local work = unpack(ARGV)

emit(rest, work)
return { "staged" }
