-- Gives a Pro user the proxies that they lack: least loaded first, in different places where
-- that can be. Proxies that they have are kept, and learn of another token or other devices.
-- KEYS  user        HASH    the account
--       mine        ZSET    the user's proxies -> since, ms
--       admitted    SET     the admissions by which their proxies know their devices
--       open        ZSET    active Pro proxies with room -> load
--       waiting     ZSET    users who lack proxies -> since, ms
--       by_load     ZSET    index of proxies
--       ...         the ledger's keys, the work's rows, then four (link_keys) for each proxy
-- ARGV  work        JSON: {fence: {id, epoch}, follow: [...]}
--       user_id     text
--       now         ms
--       seen        the token's kid and epoch and the devices' version as read, by spaces
--       admissions  JSON list: what the devices are admitted by
--       wanted      how many proxies the user should have
--       proxies     JSON list of ids, in the order of their keys: the user's, then candidates
-- -->   assigned {gained}  JSON list of ids, may be empty; waits for more if still too few
--       no_room         the user has none and none has room; they wait, and so does the job
--       not_pro         their time is over; the job is done, nothing else changed
--       changed         token, devices, links or fleet are not as given; nothing changed
--       already_done    nothing changed
--       superseded      nothing changed
--@include accounts/access_seen
--@include jobs/once
--@include jobs/emit
--@include proxies/proxy_at
--@include proxies/choose_proxies
--@include proxies/admit_user
--@include proxies/count_users
local user, mine, admitted, open, waiting, by_load = unpack(KEYS)
local work, user_id, now, seen, admissions, wanted, proxies = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
if tonumber(redis.call("HGET", user, "expiration") or 0) <= tonumber(now) then
    emit(rest, work)
    return { "not_pro" }
end
local has, places, candidates, known_open = {}, {}, {}, 0
for index, id in ipairs(cjson.decode(proxies)) do
    local proxy = proxy_at(rest, work, index)
    local code, city = unpack(redis.call("HMGET", proxy.row, "country_code", "city"))
    local is_open = redis.call("ZSCORE", open, id)
    proxy.id, proxy.place = id, tostring(code) .. "/" .. tostring(city)
    known_open = known_open + (is_open and 1 or 0)
    if redis.call("ZSCORE", mine, id) then
        has[#has + 1], places[proxy.place] = proxy, true
    elseif is_open then
        candidates[#candidates + 1] = proxy
    end
end
local kept = #has
local gained = choose_proxies(has, places, candidates, tonumber(wanted))
local lacks = #has < tonumber(wanted)
if access_seen(user) ~= seen or kept ~= redis.call("ZCARD", mine)
    or (lacks and redis.call("ZCARD", open) > known_open) then
    return { "changed" }
end
if lacks then
    redis.call("ZADD", waiting, "NX", now, user_id)
else
    redis.call("ZREM", waiting, user_id)
end
if #has == 0 then
    return { "no_room" }
end
admit_user(has, kept, mine, admitted, user_id, now, cjson.decode(admissions))
for index = kept + 1, #has do
    count_users(has[index], has[index].id, by_load, open)
end
emit(rest, work)
return { "assigned", #gained == 0 and "[]" or cjson.encode(gained) }
