--@include accounts/put_device
--@include accounts/drop_device
-- Registers a device, in the place of another where `device.place` names one. Beyond what
-- put_device takes, `device` has place and version, the version of the devices as read. Returns
-- "added" or "already_there", or with nothing changed "full", "no_such_place" or "changed".
local function join_device(keys, device)
    if redis.call("ZSCORE", keys.devices, device.id) then
        return put_device(keys, device)
    end
    if (redis.call("HGET", keys.user, "devices_version") or "0") ~= device.version then
        return "changed"
    end
    local count = redis.call("ZCARD", keys.devices)
    if device.place ~= "" then
        if not redis.call("ZSCORE", keys.devices, device.place) then
            return "no_such_place"
        end
        count = count - 1
    end
    if count >= tonumber(redis.call("HGET", keys.user, "device_limit") or device.limit) then
        return "full"
    end
    if device.place ~= "" then
        drop_device(keys, device.place, device.now)
    end
    return put_device(keys, device)
end
