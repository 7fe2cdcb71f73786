-- Raises what a free device has used, as proxies report it; the counter ends with its period.
-- KEYS  counter    HASH  _client:<device id>
-- ARGV  bytes_in   how much more came from the device
--       bytes_out  how much more went to it
--       country    two lower-case letters, or empty; kept as it was first told
--       ends       Unix seconds at which the period ends; used when the counter is new
-- -->   counted {bytes_in} {bytes_out} {country} {ttl}  all of the period; seconds left
local counter = unpack(KEYS)
local bytes_in, bytes_out, country, ends = unpack(ARGV)

local total_in = redis.call("HINCRBY", counter, "bytesIn", bytes_in)
local total_out = redis.call("HINCRBY", counter, "bytesOut", bytes_out)
local known = redis.call("HGET", counter, "countryCode")
if not known or known == "" then
    known = country
    redis.call("HSET", counter, "countryCode", country)
end
if redis.call("TTL", counter) == -1 then
    redis.call("EXPIREAT", counter, ends)
end
return { "counted", total_in, total_out, known, redis.call("TTL", counter) }
