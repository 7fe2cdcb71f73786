-- Brings what a proxy of 2016 reads nearer to a version of its users, and tells it to look.
-- KEYS  users     SET   the ids of the server's users
--       tokens    HASH  user id -> Pro token, in clear; of the users of all servers
--       messages  LIST  what the server is told
--       mark      HASH  version and writes: how far these keys are in step
--       ...             the users of each other server, then the devices of each changed user
-- ARGV  version     of the proxy's admissions, from which the changes were found
--       writes      the mark's, as it was when the changes were found
--       others      how many other servers there are
--       changes     JSON list of {user id, token or false when gone, list of device ids}
--       devices_as  none, set or hash
--       more        1 when further changes of this version come, and the server is told after them
-- -->   written     in step
--       changed     somebody else has written meanwhile; nothing changed
--       outdated    the keys are of a later version; nothing changed
--@include proxies/tell_old_proxy
local users, tokens, messages, mark = unpack(KEYS)
local version, writes, others, changes, devices_as, more = unpack(ARGV)

local known = redis.call("HMGET", mark, "version", "writes")
if (known[2] or "0") ~= writes then
    return { "changed" }
end
if tonumber(known[1] or -1) > tonumber(version) then
    return { "outdated" }
end
local gone = {}
for index, change in ipairs(cjson.decode(changes)) do
    local user, token, ids = unpack(change)
    local devices = rest[tonumber(others) + index]
    local elsewhere = false
    for other = 1, tonumber(others) do
        elsewhere = elsewhere or redis.call("SISMEMBER", rest[other], user) == 1
    end
    if token then
        -- The token before the membership: a member without one keeps a proxy from starting.
        redis.call("HSET", tokens, user, token)
        redis.call("SADD", users, user)
        redis.call("DEL", devices)
        for _, id in ipairs(ids) do
            if devices_as == "set" then
                redis.call("SADD", devices, id)
            elseif devices_as == "hash" then
                redis.call("HSET", devices, id, id)
            end
        end
    else
        gone[#gone + 1] = user
        redis.call("SREM", users, user)
        if not elsewhere then
            redis.call("HDEL", tokens, user)
            redis.call("DEL", devices)
        end
    end
end
redis.call("HINCRBY", mark, "writes", 1)
if more ~= "1" then
    redis.call("HSET", mark, "version", version)
end
tell_old_proxy(messages, gone, more ~= "1", redis.call("SCARD", users))
return { "written" }
