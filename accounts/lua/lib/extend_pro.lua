--@include accounts/replay_time
-- Adds an entry to a user's ledger of Pro time and moves the expiration, once for one fact.
-- `keys` are the four of pro_time_keys (accounts/keys.py); `entry` is {fact, kind, at, months,
-- days, plan, because, proxies, device_limit}, with `at` the moment of the fact, and not when it was learnt. With
-- `earliest`, of two claims to one fact the earlier stands. Returns the new expiration (ms), or nil
-- when nothing changed.
local function extend_pro(keys, user_id, entry)
    local known = redis.call("HGET", keys.time_ledger, entry.fact)
    if known then
        local old = cjson.decode(known)
        local is_earlier = entry.at < old.at
            or (entry.at == old.at and entry.because < old.because)
        if not (entry.earliest and is_earlier) then
            return nil
        end
    end
    redis.call("HSET", keys.time_ledger, entry.fact, cjson.encode({
        kind = entry.kind,
        at = entry.at,
        months = entry.months,
        days = entry.days,
        plan = entry.plan,
        because = entry.because,
        proxies = entry.proxies,
        device_limit = entry.device_limit,
    }))
    return replay_time(keys, user_id)
end
