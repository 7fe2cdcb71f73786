-- Tells a proxy of 2016 whom it has lost, and, when its keys are `complete`, to read them anew.
-- Never USER-SET: a proxy that takes one forgets the rest of its queue. Of those that were away
-- the queue is thrown away, because reading everything heals what they missed.
local function tell_old_proxy(messages, gone, complete, count)
    if redis.call("LLEN", messages) > 64 or #gone > 64 then
        redis.call("DEL", messages)
    else
        for _, user in ipairs(gone) do
            redis.call("RPUSH", messages, "USER-REMOVE," .. user)
        end
    end
    if complete then
        local message = count > 0 and "TURN-PRO" or "TURN-FREE"
        if redis.call("LINDEX", messages, -1) ~= message then
            redis.call("RPUSH", messages, message)
        end
    end
end
