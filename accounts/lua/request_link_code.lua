-- Gives a device that asks to be linked a code, or finds the one that it has.
-- KEYS  ask            HASH    the device that asks
--       link_code      STRING  the code that it is to have -> digest of who asks
--       link_codes     ZSET    codes that wait -> their end, ms
-- ARGV  digest         of who asks
--       code           six digits
--       nonce          names what an approval will give
--       name           what the owner knows the device by
--       now            ms
--       life_ms        how long the code may be approved
--       least_left_ms  a code with less left than this is not given again
--       most_open      how many codes may wait at once
-- -->   given          the device has the code
--       known {code} {until}  it had one before; nothing changed
--       code_taken     the code is another's; nothing changed
--       crowded        too many codes wait; nothing changed
local ask, link_code, link_codes = unpack(KEYS)
local digest, code, nonce, name, now, life_ms, least_left_ms, most_open = unpack(ARGV)

local known, ends = unpack(redis.call("HMGET", ask, "code", "until"))
if known and ends - now > tonumber(least_left_ms) then
    return { "known", known, ends }
end
if redis.call("EXISTS", link_code) == 1 then
    return { "code_taken" }
end
if redis.call("ZCOUNT", link_codes, now, "+inf") >= tonumber(most_open) then
    return { "crowded" }
end
ends = string.format("%.0f", now + life_ms)
redis.call("ZREMRANGEBYSCORE", link_codes, "-inf", "(" .. now)
redis.call("ZADD", link_codes, ends, code)
redis.call("SET", link_code, digest, "PX", life_ms)
redis.call("DEL", ask)
redis.call("HSET", ask, "code", code, "nonce", nonce, "name", name, "until", ends, "tries", 0)
redis.call("PEXPIRE", ask, 3 * life_ms)
return { "given" }
