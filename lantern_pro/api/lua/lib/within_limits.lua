--@include store/now_ms
-- Counts one call against all of its limits, or against none: nil when each has room, else how
-- long (ms) until the one that is longest full has room again.
-- A limit is one text: the moment (ms) at which it would be empty. A call moves it on by `step`;
-- it is full when it lies more than `span` ahead of now. Past that moment the key has gone.
-- `keys` begin with the one that remembers a call that may be repeated: STRING, how often it came.
-- While the limit of everyone is more than half full, the others move on by `flood_step`.
local function within_limits(keys, told)
    local rules, now, moved, wait = cjson.decode(told), now_ms(), {}, 0
    local repeats = rules.remember_ms > 0 and tonumber(redis.call("GET", keys[1]) or 0) or 0
    if repeats > 0 and repeats <= rules.most_repeats then
        redis.call("INCR", keys[1])
        return nil
    end
    local flooded = false
    for position, rule in ipairs(rules.limits) do
        local empty_at = math.max(tonumber(redis.call("GET", keys[position + 1]) or now), now)
        local after = empty_at + (flooded and rule.flood_step or rule.step)
        if rule.is_everyones and empty_at - now > rule.span / 2 then
            flooded = true
        end
        moved[position] = after
        wait = math.max(wait, after - now - rule.span)
    end
    if wait > 0 then
        return math.ceil(wait)
    end
    for position, after in ipairs(moved) do
        local lasts = math.max(1, math.ceil(after - now))
        redis.call("SET", keys[position + 1], string.format("%.3f", after), "PX", lasts)
    end
    if rules.remember_ms > 0 and repeats == 0 then
        redis.call("SET", keys[1], 1, "PX", rules.remember_ms)
    end
    return nil
end
