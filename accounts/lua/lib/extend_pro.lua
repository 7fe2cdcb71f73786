--@include accounts/add_calendar
-- Adds an entry to a user's ledger of Pro time and moves the expiration, once for one fact.
-- `keys` are the four of pro_time_keys (accounts/keys.py); `entry` is {fact, kind, at, months,
-- days, plan, because}. Time that has run out does not count: the entry starts at the later of now and the
-- present expiration. Returns the new expiration (ms), or nil when the fact had its entry before.
local function extend_pro(keys, user_id, entry)
    if redis.call("HEXISTS", keys.time_ledger, entry.fact) == 1 then
        return nil
    end
    local present = tonumber(redis.call("HGET", keys.user, "expiration") or "0")
    local start = math.max(present, entry.at)
    local expiration = add_calendar(start, entry.months, entry.days)
    local text = string.format("%.0f", expiration)
    redis.call("HSET", keys.time_ledger, entry.fact, cjson.encode({
        seq = redis.call("HLEN", keys.time_ledger),
        kind = entry.kind,
        at = entry.at,
        span_ms = expiration - start,
        plan = entry.plan,
        because = entry.because,
    }))
    redis.call("HSET", keys.user, "expiration", text)
    redis.call("ZADD", keys.users_by_expiration, text, user_id)
    redis.call("ZADD", keys.pro_ends, text, user_id)
    return text
end
