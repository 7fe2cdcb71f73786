-- Lets a device join an account by a grant, once. A device that was removed may come back by it.
-- KEYS  user             HASH    the account
--       devices          ZSET    device id -> first seen, ms
--       device_names     HASH    device id -> name
--       removed_devices  ZSET    devices that another took off -> when, ms
--       grant            STRING  empty, then the device that has joined by it
--       notices          LIST    what all devices of the account are told
--       ...                      the ledger's keys, then a row for each job that follows
-- ARGV  work             JSON: {follow: [...]}, staged when the grant is used
--       device           JSON: {id, name, now, limit, place, version}, all texts
--       notice           JSON: {kind, at, way, device_id, name}; empty when nobody need be told
-- -->   added            the device is one of the account, and the grant is used
--       already_there    it was one before, or has joined by this grant; the grant is used
--       full             at the limit; nothing changed
--       no_such_place    the device to be replaced is none of the account; nothing changed
--       changed          the devices are not as read; nothing changed
--       no_grant         there is none, or it is used and over, or the account is gone; nothing
--                        changed
--@include accounts/join_device
--@include accounts/tell_devices
--@include jobs/emit
local user, devices, device_names, removed_devices, grant, notices = unpack(KEYS)
local work, device, notice = unpack(ARGV)

local joining, used_by = cjson.decode(device), redis.call("GET", grant)
if not used_by or redis.call("EXISTS", user) == 0 then
    return { "no_grant" }
end
if used_by ~= "" then
    local is_there = used_by == joining.id and redis.call("ZSCORE", devices, joining.id)
    return { is_there and "already_there" or "no_grant" }
end
local keys = { user = user, devices = devices, device_names = device_names, removed_devices = removed_devices }
local outcome = join_device(keys, joining)
if outcome == "added" or outcome == "already_there" then
    redis.call("SET", grant, joining.id, "KEEPTTL")
    tell_devices(notices, notice)
    emit(rest, work)
end
return { outcome }
