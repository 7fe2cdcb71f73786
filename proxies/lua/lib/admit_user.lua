--@include proxies/tell_proxy
-- Links a user with the proxies of `has` behind the first `kept`, and lets all of them know the
-- user by `token`; those that knew them by another forget that one.
local function admit_user(has, kept, mine, admitted, user_id, now, token)
    local known_by = redis.call("GET", admitted)
    for index, proxy in ipairs(has) do
        if index > kept then
            redis.call("ZADD", proxy.users, now, user_id)
            redis.call("ZADD", mine, now, proxy.id)
            tell_proxy(proxy, "admit", token)
        elseif known_by ~= token then
            tell_proxy(proxy, "expel", known_by)
            tell_proxy(proxy, "admit", token)
        end
    end
    redis.call("SET", admitted, token)
end
