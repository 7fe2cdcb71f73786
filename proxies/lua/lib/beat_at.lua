-- The `at` of a proxy's heartbeat, or false. A proxy may write there what it likes and as much: a
-- heartbeat of many fields, or of long ones, is dropped unread. It gets its time to live here.
local function beat_at(heartbeat, beat_ms)
    local fields = redis.call("HLEN", heartbeat)
    if fields == 0 then
        return false
    end
    local longest = 0
    for _, name in ipairs({ "at", "connections", "software", "admissions", "bytes_in", "bytes_out" }) do
        local length = redis.call("HSTRLEN", heartbeat, name)
        longest = math.max(longest, name == "software" and length / 10 or length)
    end
    if fields > 16 or longest > 20 then
        redis.call("UNLINK", heartbeat)
        return false
    end
    if redis.call("PTTL", heartbeat) == -1 then
        redis.call("PEXPIRE", heartbeat, beat_ms)
    end
    return redis.call("HGET", heartbeat, "at")
end
