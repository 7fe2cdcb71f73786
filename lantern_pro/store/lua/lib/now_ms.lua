-- Redis's own time, in milliseconds: what leases go by, whatever the callers' clocks say.
local function now_ms()
    local time = redis.call("TIME")
    return time[1] * 1000 + math.floor(time[2] / 1000)
end
