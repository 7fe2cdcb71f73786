--@include proxies/tell_proxy
-- Links a user with the proxies of `has` behind the first `kept`, and lets all of them know the
-- user's devices by `admissions`; those that knew them by others forget what is not among these.
local function admit_user(has, kept, mine, admitted, user_id, now, admissions)
    local known, wanted = {}, {}
    for _, admission in ipairs(redis.call("SMEMBERS", admitted)) do
        known[admission] = true
    end
    for _, admission in ipairs(admissions) do
        wanted[admission] = true
    end
    for index, proxy in ipairs(has) do
        if index > kept then
            redis.call("ZADD", proxy.users, now, user_id)
            redis.call("ZADD", mine, now, proxy.id)
        end
        for admission in pairs(known) do
            if index <= kept and not wanted[admission] then
                tell_proxy(proxy, "expel", admission)
            end
        end
        for _, admission in ipairs(admissions) do
            if index > kept or not known[admission] then
                tell_proxy(proxy, "admit", admission)
            end
        end
    end
    redis.call("DEL", admitted)
    for _, admission in ipairs(admissions) do
        redis.call("SADD", admitted, admission)
    end
end
