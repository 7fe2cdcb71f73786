-- Who may use an account, as a text to compare: the token's kid and epoch, the devices' version
-- (`Access.seen`).
local function access_seen(user)
    local kid, epoch, version = unpack(redis.call("HMGET", user, "kid", "epoch", "devices_version"))
    return table.concat({ kid or "", epoch or "", version or "0" }, " ")
end
