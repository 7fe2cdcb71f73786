-- Lets a device go on under another id, with the name and the date that it had.
-- KEYS  user             HASH  the account
--       devices          ZSET  device id -> first seen, ms
--       device_names     HASH  device id -> name
--       removed_devices  ZSET  devices that another took off -> when, ms
--       ...                    the ledger's keys, then a row for each job that follows
-- ARGV  work             JSON: {follow: [...]}
--       old_id           the id that it had
--       new_id           the id that it has now
--       version          of the devices, as read
-- -->   moved            the new id stands where the old one stood
--       moved_before     the new id is there, the old one is not; nothing changed
--       no_such_device   neither is there; nothing changed
--       changed          the devices are not as read; nothing changed
--@include accounts/drop_device
--@include jobs/emit
local user, devices, device_names, removed_devices = unpack(KEYS)
local work, old_id, new_id, version = unpack(ARGV)

local since = redis.call("ZSCORE", devices, old_id)
if old_id == new_id or not since then
    return { redis.call("ZSCORE", devices, new_id) and "moved_before" or "no_such_device" }
end
if (redis.call("HGET", user, "devices_version") or "0") ~= version then
    return { "changed" }
end
local name = redis.call("HGET", device_names, old_id)
local keys = { user = user, devices = devices, device_names = device_names, removed_devices = removed_devices }
drop_device(keys, old_id)
redis.call("ZADD", devices, "NX", since, new_id)
redis.call("ZREM", removed_devices, new_id)
if name then
    redis.call("HSETNX", device_names, new_id, name)
end
emit(rest, work)
return { "moved" }
