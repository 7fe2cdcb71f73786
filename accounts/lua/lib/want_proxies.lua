-- Notes how many proxies an account is to have: as many as the largest of the purchases that run one after
-- another and that was not wholly taken back; as many as is usual where none says how many.
local function want_proxies(user, running)
    local most = 0
    for _, gift in ipairs(running) do
        if gift.taken < gift.span then
            most = math.max(most, gift.proxies or 0)
        end
    end
    if most > 0 then
        redis.call("HSET", user, "proxies_wanted", most)
    else
        redis.call("HDEL", user, "proxies_wanted")
    end
end
