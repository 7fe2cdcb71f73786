-- Lets the device that asked by a code join an account.
-- KEYS  link_code    STRING  the code -> digest of who asks
--       ask          HASH    the device that asks
-- ARGV  digest       of who asks, as read
--       code         six digits
--       nonce        of the ask, as read
--       user_id      the account
-- -->   approved     the device may join, by the grant of this nonce
--       wrong        the code is none, is over, or another account's; nothing changed
local link_code, ask = unpack(KEYS)
local digest, code, nonce, user_id = unpack(ARGV)

local code_now, nonce_now, approved_by = unpack(redis.call("HMGET", ask, "code", "nonce", "user_id"))
if redis.call("GET", link_code) ~= digest or code_now ~= code or nonce_now ~= nonce
    or (approved_by and approved_by ~= user_id) then
    return { "wrong" }
end
redis.call("HSET", ask, "user_id", user_id)
return { "approved" }
