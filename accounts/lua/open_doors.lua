-- Says what the codes of a proof lead to, before they are mailed.
-- KEYS  proof    HASH  the device that asks
-- ARGV  nonce    of the codes, as read
--       doors    JSON list of [user id, device that is replaced or empty], a code each
-- -->   opened   the codes lead there
--       over     the proof is another by now, or over; nothing changed
local proof = unpack(KEYS)
local nonce, doors = unpack(ARGV)

if redis.call("HGET", proof, "nonce") ~= nonce then
    return { "over" }
end
redis.call("HSET", proof, "doors", doors)
return { "opened" }
