-- Takes a device off an account. What another device took off does not come back by the token.
-- KEYS  user             HASH  the account
--       devices          ZSET  device id -> first seen, ms
--       device_names     HASH  device id -> name
--       removed_devices  ZSET  devices that another took off -> when, ms
--       ...                    the ledger's keys, then a row for each job that follows
-- ARGV  work             JSON: {follow: [...]}
--       device_id        text
--       by               the device that asks
--       now              ms
--       version          of the devices, as read
-- -->   removed          the device is no longer one of the account
--       not_there        it was none; nothing changed
--       changed          the devices are not as read; nothing changed
--@include accounts/drop_device
--@include jobs/emit
local user, devices, device_names, removed_devices = unpack(KEYS)
local work, device_id, by, now, version = unpack(ARGV)

if not redis.call("ZSCORE", devices, device_id) then
    return { "not_there" }
end
if (redis.call("HGET", user, "devices_version") or "0") ~= version then
    return { "changed" }
end
local keys = { user = user, devices = devices, device_names = device_names, removed_devices = removed_devices }
drop_device(keys, device_id, by ~= device_id and now or nil)
emit(rest, work)
return { "removed" }
