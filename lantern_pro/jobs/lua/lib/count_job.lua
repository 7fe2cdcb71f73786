--@include jobs/ledger
-- Counts what became of a job, by its kind. A duration is counted under its power of two: the
-- field <kind>:<what>:<n> counts those of less than 2^n ms (and of at least half of that).
local function count_job(rest, kind, what, ms)
    local field = kind .. ":" .. what
    if ms then
        local power = 0
        while ms >= 1 do
            ms, power = ms / 2, power + 1
        end
        field = field .. ":" .. power
    end
    redis.call("HINCRBY", ledger(rest).meter, field, 1)
end
