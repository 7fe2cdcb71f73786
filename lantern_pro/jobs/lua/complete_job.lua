-- Marks a job as done that has no effect in this store beyond what follows from it.
-- KEYS  ...       the ledger's keys, then two (job_keys) for the job and for each that follows
-- ARGV  work      JSON: {fence: {id, epoch}, follow: [...]}
-- -->   completed      the job is done
--       already_done   it was done before; nothing changed
--       superseded     another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
emit(rest, work)
return { "completed" }
