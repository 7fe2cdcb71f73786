-- Drops a key that is not of its kind. Before Redis 7 a taken proxy can make a hash of a key of its own
-- that is not there; a command for the right kind would fail in the middle of a script then.
local function take_back(key, kind)
    local found = redis.call("TYPE", key).ok
    if found ~= kind and found ~= "none" then
        redis.call("DEL", key)
    end
end
