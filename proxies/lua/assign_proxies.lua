-- Brings a Pro user's links to what they should be. The user gains what they lack, in places and at
-- providers that are not theirs yet where that can be, and leaves proxies that are retired, down,
-- blocked where they are, draining, or to be left: these last three once there are others instead.
-- Proxies that stay learn of another token or other devices. Capacity is never exceeded.
-- KEYS  user        HASH    the account
--       mine        ZSET    the user's proxies -> since, ms
--       admitted    SET     the admissions by which their proxies know their devices
--       moves       STRING  how often the user was moved lately
--       waiting     ZSET    users who lack proxies -> since, ms
--       by_load     ZSET    index of proxies
--       open        ZSET    open proxies -> site and rank (proxies/ranks)
--       open_sites  ZSET    sites with open proxies -> area and lowest rank
--       openings    STRING  how often a proxy came to be open
--       ...         the ledger's keys, the work's rows, then four (link_keys) for each proxy
-- ARGV  work        JSON: {fence: {id, epoch}, follow: [...]}
--       user_id     text
--       now         ms
--       seen        kid and epoch of the token, version of the devices, proxies bought, as read
--       admissions  JSON list: what the devices are admitted by
--       wanted      how many proxies the user should have
--       proxies     JSON list of ids, in the order of their keys: the user's, then candidates
--       leave       JSON: id -> true, for proxies to be left
--       most_moves  in how many moves a day the user leaves such proxies, and draining ones
--       opened      openings as they were when the candidates were found
-- -->   assigned {gained} {left}  JSON lists of ids, may be empty; waits for more if too few
--       no_room {left}  the user has no proxy and none has room; they wait
--       not_pro         their time is over; the job is done, nothing else changed
--       changed         token, devices, links or fleet are not as given; nothing changed
--       already_done    nothing changed
--       superseded      nothing changed
--@include accounts/access_seen
--@include jobs/once
--@include jobs/emit
--@include proxies/sort_links
--@include proxies/choose_proxies
--@include proxies/settle_links
--@include proxies/leave_proxies
--@include proxies/admit_user
--@include proxies/ids_of
local user, mine, admitted, moves, waiting, by_load, open, open_sites, openings = unpack(KEYS)
local work, user_id, now, seen, admissions, wanted, proxies, leave, most_moves, opened = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local expiration, country = unpack(redis.call("HMGET", user, "expiration", "country"))
if tonumber(expiration or 0) <= tonumber(now) then
    emit(rest, work)
    return { "not_pro" }
end
wanted = tonumber(wanted)
local may_move = most_moves - (redis.call("GET", moves) or 0)
local links = sort_links(rest, work, cjson.decode(proxies), mine, open, country or "",
    cjson.decode(leave), may_move, wanted)
local gained = choose_proxies(links.kept, links.candidates, wanted)
local lacks = #links.kept + #gained < wanted
if access_seen(user) ~= seen or links.own ~= redis.call("ZCARD", mine)
    or (lacks and (links.missed > 0 or (redis.call("GET", openings) or "0") ~= opened)) then
    return { "changed" }
end
local staying, left, moved, good = settle_links(links, gained, wanted)
redis.call(unpack(good < wanted and { "ZADD", waiting, "NX", now, user_id } or { "ZREM", waiting, user_id }))
local index = { by_load = by_load, open = open, open_sites = open_sites, openings = openings }
leave_proxies(left, mine, admitted, user_id, index)
if moved > 0 and redis.call("INCRBY", moves, moved) == moved then
    redis.call("PEXPIRE", moves, 86400000)
end
admit_user(staying, gained, mine, admitted, user_id, now, cjson.decode(admissions))
for _, proxy in ipairs(gained) do
    count_users(proxy, proxy.id, index)
end
if #gained + #left > 0 or cjson.decode(work).fence then
    emit(rest, work)
end
if #staying + #gained == 0 then
    return { "no_room", ids_of(left) }
end
return { "assigned", ids_of(gained), ids_of(left) }
