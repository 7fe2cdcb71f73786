-- Takes a user off all their proxies, once their Pro time is over.
-- KEYS  user        HASH    the account
--       mine        ZSET    the user's proxies -> since, ms
--       admitted    SET     the admissions by which their proxies know their devices
--       moves       STRING  how often the user was moved lately
--       waiting     ZSET    users who lack proxies -> since, ms
--       by_load     ZSET    index of proxies
--       open        ZSET    open proxies -> site and rank (proxies/ranks)
--       open_sites  ZSET    sites with open proxies -> area and lowest rank
--       openings    STRING  how often a proxy came to be open
--       pro_ends    ZSET    users -> end of their Pro time, ms
--       ...         the ledger's keys, the work's rows, then four (link_keys) for each proxy
-- ARGV  work        JSON: {fence: {id, epoch}, follow: [...]}
--       user_id     text
--       now         ms
--       proxies     JSON list of the ids of the user's proxies, in the order of their keys
-- -->   released {count}  the user has no proxy, and waits for none
--       still_pro         they paid meanwhile; the job is done, nothing else changed
--       changed           the links are not as given; nothing changed
--       already_done      nothing changed
--       superseded        nothing changed
--@include jobs/once
--@include jobs/emit
--@include proxies/proxy_at
--@include proxies/leave_proxies
local user, mine, admitted, moves, waiting, by_load, open, open_sites, openings, pro_ends = unpack(KEYS)
local work, user_id, now, proxies = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
if tonumber(redis.call("HGET", user, "expiration") or 0) > tonumber(now) then
    emit(rest, work)
    return { "still_pro" }
end
local ids = cjson.decode(proxies)
if #ids ~= redis.call("ZCARD", mine) then
    return { "changed" }
end
for _, id in ipairs(ids) do
    if not redis.call("ZSCORE", mine, id) then
        return { "changed" }
    end
end
local left = {}
for at, id in ipairs(ids) do
    left[at] = proxy_at(rest, work, at)
    left[at].id = id
end
local index = { by_load = by_load, open = open, open_sites = open_sites, openings = openings }
leave_proxies(left, mine, admitted, user_id, index)
redis.call("DEL", mine, admitted, moves)
redis.call("ZREM", waiting, user_id)
redis.call("ZREM", pro_ends, user_id)
emit(rest, work)
return { "released", #ids }
