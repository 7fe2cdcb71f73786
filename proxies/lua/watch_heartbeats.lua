-- Looks whether proxies have sent a heartbeat since the last look, and tells whose health is
-- another now. Goes by Redis's clock and by what changes, not by the proxies' clocks; time in which
-- nobody looked counts little, because then nobody knows. A proxy that was never heard is unknown.
-- KEYS  ...         three for each proxy: its row, its heartbeat and what was seen of it (HASHes)
-- ARGV  suspect_ms  how long a silence makes a proxy suspect
--       down_ms     how long a silence makes it down
--       most_ms     the most that one look can add to a silence
--       keep_ms     how long what was seen is kept
--       beat_ms     how long a heartbeat is kept after it was new
-- -->   watched {list}  JSON list of [position among the proxies, health that it should have]
--@include store/now_ms
--@include proxies/beat_at
local suspect_ms, down_ms, most_ms, keep_ms, beat_ms = unpack(ARGV)

local now, told = now_ms(), {}
for index = 1, #rest, 3 do
    local row, heartbeat, watch = rest[index], rest[index + 1], rest[index + 2]
    local state, health = unpack(redis.call("HMGET", row, "state", "health"))
    local at = beat_at(heartbeat, beat_ms)
    local pulse, silence, watched = unpack(redis.call("HMGET", watch, "pulse", "silence", "watched"))
    if state and state ~= "retired" and (at or pulse) then
        silence = tonumber(silence or 0)
        if at and at ~= pulse then
            silence = 0
            redis.call("HSET", watch, "pulse", at, "heard", now)
            redis.call("PEXPIRE", heartbeat, beat_ms)
        else
            silence = silence + math.max(0, math.min(now - tonumber(watched), tonumber(most_ms)))
        end
        redis.call("HSET", watch, "silence", silence, "watched", now)
        redis.call("PEXPIRE", watch, keep_ms)
        local found = silence >= tonumber(down_ms) and "down"
            or silence >= tonumber(suspect_ms) and "suspect" or "ok"
        if found ~= health then
            told[#told + 1] = { (index - 1) / 3, found }
        end
    end
end
return { "watched", #told == 0 and "[]" or cjson.encode(told) }
