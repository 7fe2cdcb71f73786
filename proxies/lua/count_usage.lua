-- Raises what a free device has used, as proxies report it; the counter ends with its period, or after
-- 32 days. Any free proxy may write there what it likes: what is no count begins anew. No command may be
-- called here but those that such a proxy is granted (proxies/services/access.py).
-- KEYS  counter    HASH  _client:<device id>
-- ARGV  bytes_in   how much more came from the device
--       bytes_out  how much more went to it
--       country    two lower-case letters, or empty; kept as it was first told
--       ends       Unix seconds at which the period ends; used when the counter is new
-- -->   counted {bytes_in} {bytes_out} {country} {ttl}  all of the period; seconds left
local counter = unpack(KEYS)
local bytes_in, bytes_out, country, ends = unpack(ARGV)
local longest = 32 * 86400

for _, name in ipairs({ "bytesIn", "bytesOut" }) do
    local known = redis.call("HGET", counter, name)
    if known and (#known > 15 or not string.find(known, "^%d+$")) then
        redis.call("HSET", counter, name, 0)
    end
end
local total_in = redis.call("HINCRBY", counter, "bytesIn", bytes_in)
local total_out = redis.call("HINCRBY", counter, "bytesOut", bytes_out)
local known = redis.call("HGET", counter, "countryCode")
if not known or #known ~= 2 then
    known = country
    redis.call("HSET", counter, "countryCode", country)
end
local ttl = redis.call("TTL", counter)
if ttl == -1 or ttl > longest then
    ends = math.min(tonumber(ends), 1e11)
    redis.call("EXPIREAT", counter, string.format("%.0f", ends))
    ttl = redis.call("TTL", counter)
    if ttl > longest then -- there is no telling the time here but by what is left
        redis.call("EXPIREAT", counter, string.format("%.0f", ends - ttl + longest))
        ttl = redis.call("TTL", counter)
    end
end
return { "counted", total_in, total_out, known, ttl }
