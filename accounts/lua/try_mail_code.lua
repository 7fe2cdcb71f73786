-- Counts a try at the codes of a proof.
-- KEYS  proof       HASH  the device that asks
-- ARGV  nonce       of the codes, as read
--       door        the number of the door that the code opens, or empty when it opens none
--       most_tries  how many wrong codes may be sent
-- -->   right       the door is open
--       wrong       the code is wrong, or too many were, or the proof is over
local proof = unpack(KEYS)
local nonce, door, most_tries = unpack(ARGV)

local nonce_now, tries = unpack(redis.call("HMGET", proof, "nonce", "tries"))
if nonce_now ~= nonce or tonumber(tries) >= tonumber(most_tries) then
    return { "wrong" }
end
if door == "" then
    redis.call("HINCRBY", proof, "tries", 1)
    return { "wrong" }
end
redis.call("HSET", proof, "used", "yes")
return { "right" }
