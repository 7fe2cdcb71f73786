-- Looks whether the code of a device that asks to be linked was approved. Guesses are counted.
-- KEYS  ask          HASH   the device that asks
-- ARGV  code         as it was sent
--       most_tries   how many wrong codes it may send
-- -->   approved {user_id} {nonce} {name}   the account that it may join, by this grant
--       pending      nobody has approved it yet
--       wrong        this device has no such code, or sent too many wrong ones
local ask = unpack(KEYS)
local code, most_tries = unpack(ARGV)

local right, tries = unpack(redis.call("HMGET", ask, "code", "tries"))
if not right or tonumber(tries) >= tonumber(most_tries) then
    return { "wrong" }
end
if right ~= code then
    redis.call("HINCRBY", ask, "tries", 1)
    return { "wrong" }
end
local user_id, nonce, name = unpack(redis.call("HMGET", ask, "user_id", "nonce", "name"))
if not user_id then
    return { "pending" }
end
return { "approved", user_id, nonce, name }
