--@include proxies/tell_proxy
-- Links a user with the proxies `gained`, and lets these and those `staying` know the user's devices
-- by `admissions`; those that knew them by others forget what is not among these. Who has no proxy
-- is known to none.
local function admit_user(staying, gained, mine, admitted, user_id, now, admissions)
    local known, wanted = {}, {}
    for _, admission in ipairs(redis.call("SMEMBERS", admitted)) do
        known[admission] = true
    end
    for _, admission in ipairs(admissions) do
        wanted[admission] = true
    end
    for _, proxy in ipairs(staying) do
        for admission in pairs(known) do
            if not wanted[admission] then
                tell_proxy(proxy, "expel", admission)
            end
        end
        for _, admission in ipairs(admissions) do
            if not known[admission] then
                tell_proxy(proxy, "admit", admission)
            end
        end
    end
    for _, proxy in ipairs(gained) do
        redis.call("ZADD", proxy.users, now, user_id)
        redis.call("ZADD", mine, now, proxy.id)
        for _, admission in ipairs(admissions) do
            tell_proxy(proxy, "admit", admission)
        end
    end
    redis.call("DEL", admitted)
    if #staying + #gained > 0 and #admissions > 0 then
        redis.call("SADD", admitted, unpack(admissions))
    end
end
