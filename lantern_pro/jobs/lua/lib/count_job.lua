--@include jobs/ledger
--@include jobs/meter_field
-- Counts what became of a job: how often, or how long it took (jobs/meter_field).
local function count_job(rest, kind, what, ms)
    redis.call("HINCRBY", ledger(rest).meter, meter_field(kind, what, ms), 1)
end
