-- Who may use an account, as a text to compare: the token's kid and epoch, the devices' version, and
-- how many proxies what was bought is for (`Access.seen`).
local function access_seen(user)
    local kid, epoch, version, wanted = unpack(
        redis.call("HMGET", user, "kid", "epoch", "devices_version", "proxies_wanted"))
    return table.concat({ kid or "", epoch or "", version or "0", tonumber(wanted or 0) or 0 }, " ")
end
