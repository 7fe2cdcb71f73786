-- Keeps a notice for all devices of an account, which read it with /user-data: the newest 20, for
-- 30 days after the last. An empty notice is none.
local function tell_devices(notices, notice)
    if notice == "" then
        return
    end
    redis.call("LPUSH", notices, notice)
    redis.call("LTRIM", notices, 0, 19)
    redis.call("PEXPIRE", notices, 30 * 86400000)
end
