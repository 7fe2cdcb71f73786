-- Registers a device with an account that has room for it; one that is known may get a name.
-- `keys` are those of device_keys (accounts/keys.py); `device` is {id, name, now, limit}, where an
-- account's own limit goes before the given one. Returns "added", "already_there" or "full".
local function put_device(keys, device)
    local is_new = not redis.call("ZSCORE", keys.devices, device.id)
    if is_new then
        local limit = redis.call("HGET", keys.user, "device_limit") or device.limit
        if redis.call("ZCARD", keys.devices) >= tonumber(limit) then
            return "full"
        end
        redis.call("ZADD", keys.devices, device.now, device.id)
        redis.call("ZREM", keys.removed_devices, device.id)
        redis.call("HINCRBY", keys.user, "devices_version", 1)
    end
    if device.name ~= "" then
        redis.call("HSET", keys.device_names, device.id, device.name)
    end
    return is_new and "added" or "already_there"
end
