-- Notes how many devices an account may have: as many as its latest purchase is for that says how many
-- and was not wholly taken back; as many as is usual where none says so. `keys` has the account's `user`
-- and `devices`, and `usual_devices`; `bought` are the purchases in the ledger's order. A device that is
-- there is not taken away: then the limit is the number of those that are.
local function limit_devices(keys, bought)
    local limit
    for _, gift in ipairs(bought) do
        if gift.device_limit and gift.taken < gift.span then
            limit = gift.device_limit
        end
    end
    local there = redis.call("ZCARD", keys.devices)
    if limit or there > keys.usual_devices then
        redis.call("HSET", keys.user, "device_limit", math.max(limit or 0, there))
    else
        redis.call("HDEL", keys.user, "device_limit")
    end
end
