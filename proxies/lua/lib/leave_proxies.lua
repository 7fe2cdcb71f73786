--@include proxies/count_users
--@include proxies/tell_proxy
-- Takes a user off proxies, which forget the user's devices.
local function leave_proxies(left, mine, admitted, user_id, index)
    local admissions = #left > 0 and redis.call("SMEMBERS", admitted) or {}
    for _, proxy in ipairs(left) do
        redis.call("ZREM", proxy.users, user_id)
        redis.call("ZREM", mine, proxy.id)
        for _, admission in ipairs(admissions) do
            tell_proxy(proxy, "expel", admission)
        end
        count_users(proxy, proxy.id, index)
    end
end
