-- Adds a device to an account whose token it has, unless the account is full.
-- KEYS  user             HASH  the account
--       devices          ZSET  device id -> first seen, ms
--       device_names     HASH  device id -> name
--       removed_devices  ZSET  devices that another took off -> when, ms
--       ...                    the ledger's keys, then a row for each job that follows
-- ARGV  work             JSON: {follow: [...]}
--       device           JSON: {id, name, now, limit, place, version}, all texts; place is the
--                        device that it replaces, or empty
-- -->   added            the device is new
--       already_there    nothing changed, but perhaps its name
--       full             at the limit; nothing changed
--       no_such_place    the device to be replaced is none of the account; nothing changed
--       barred           it was removed: the token is not enough; nothing changed
--       changed          the devices are not as read; nothing changed
--       no_such_user     nothing changed
--@include accounts/join_device
--@include jobs/emit
local user, devices, device_names, removed_devices = unpack(KEYS)
local work, device = unpack(ARGV)

if redis.call("EXISTS", user) == 0 then
    return { "no_such_user" }
end
local joining = cjson.decode(device)
if redis.call("ZSCORE", removed_devices, joining.id) then
    return { "barred" }
end
local keys = { user = user, devices = devices, device_names = device_names, removed_devices = removed_devices }
local outcome = join_device(keys, joining)
if outcome == "added" then
    emit(rest, work)
end
return { outcome }
