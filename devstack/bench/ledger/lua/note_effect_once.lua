-- Counts the effect of a job unless it is counted already, and marks the job done.
-- KEYS  effects  HASH  job -> how often it had its effect
--       ...            the ledger's keys and the job's row
-- ARGV  label    the job's name
--       work     JSON: {fence, follow}
-- -->   noted         the effect is counted
--       already_done  the job had its effect before; nothing changed
--       superseded    another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local effects = unpack(KEYS)
local label, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
redis.call("HSETNX", effects, label, 1)
emit(rest, work)
return { "noted" }
