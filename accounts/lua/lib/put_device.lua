-- Registers a device with an account; a device that is known keeps its date and may get a name.
local function put_device(devices, device_names, device_id, device_name, now)
    redis.call("ZADD", devices, "NX", now, device_id)
    if device_name ~= "" then
        redis.call("HSET", device_names, device_id, device_name)
    end
end
