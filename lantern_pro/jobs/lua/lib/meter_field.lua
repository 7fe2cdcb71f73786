-- The meter's field for what became of a job, by its kind. A duration is counted under its power of
-- two: <kind>:<what>:<n> counts those of less than 2^n ms (and of at least half of that).
local function meter_field(kind, what, ms)
    local power = 0
    while ms and ms >= 1 do
        ms, power = ms / 2, power + 1
    end
    return kind .. ":" .. what .. (ms and ":" .. power or "")
end
