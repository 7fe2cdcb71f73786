--@include accounts/add_calendar
--@include accounts/read_entries
--@include accounts/taken_part
--@include accounts/limit_devices
--@include accounts/want_proxies
-- Goes through a user's ledger of Pro time in the order of its moments, notes with each entry what it
-- comes to (`seq`, `span_ms`), and moves the expiration there. So entries that came late, or in another
-- order, end in the same state. Returns the expiration (ms, as a text).
-- A gift of time begins at the later of its moment and the end of what was there: time that has
-- run out does not count. A taking (`back` of `of` in money) shortens all that has its `because`, by the
-- part of the money that is back by then; a negative `back` restores. With `keys.usual_devices` (and
-- `keys.devices`) it is noted, too, how many devices the account may have.
local function replay_time(keys, user_id)
    local expiration, given, money, running, bought = 0, {}, {}, {}, {}
    for position, entry in ipairs(read_entries(keys.time_ledger)) do
        local before, because = expiration, entry.because
        if entry.back then
            money[because] = (money[because] or 0) + entry.back
            for _, gift in ipairs(given[because] or {}) do
                local taken = taken_part(gift.span, math.max(money[because], 0), entry.of)
                expiration = expiration + gift.taken - taken
                gift.taken = taken
            end
        else
            local start = math.max(expiration, entry.at)
            before, expiration = start, add_calendar(start, entry.months, entry.days)
            local gift = { span = expiration - before, taken = 0, proxies = entry.proxies,
                device_limit = entry.device_limit }
            given[because] = given[because] or {}
            table.insert(given[because], gift)
            if entry.kind == "purchase" then
                running = start == entry.at and {} or running
                table.insert(running, gift)
                table.insert(bought, gift)
            end
        end
        local fact, seq, span_ms = entry.fact, position - 1, expiration - before
        if entry.seq ~= seq or entry.span_ms ~= span_ms then
            entry.fact, entry.place, entry.rank = nil, nil, nil
            entry.seq, entry.span_ms = seq, span_ms
            redis.call("HSET", keys.time_ledger, fact, cjson.encode(entry))
        end
    end
    want_proxies(keys.user, running)
    if keys.usual_devices then
        limit_devices(keys, bought)
    end
    local text = string.format("%.0f", expiration)
    redis.call("HSET", keys.user, "expiration", text)
    redis.call("ZADD", keys.users_by_expiration, text, user_id)
    redis.call("ZADD", keys.pro_ends, text, user_id)
    return text
end
