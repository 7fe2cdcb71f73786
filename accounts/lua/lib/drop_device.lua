-- Takes a device off an account. With `now` it is remembered as removed, so that the token alone
-- does not bring it back; an account remembers its last 100.
local function drop_device(keys, device_id, now)
    redis.call("ZREM", keys.devices, device_id)
    redis.call("HDEL", keys.device_names, device_id)
    redis.call("HINCRBY", keys.user, "devices_version", 1)
    if now then
        redis.call("ZADD", keys.removed_devices, now, device_id)
        redis.call("ZREMRANGEBYRANK", keys.removed_devices, 0, -101)
    end
end
