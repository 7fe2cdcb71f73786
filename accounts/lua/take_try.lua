-- Counts a try of an account at a code, unless it has had too many, by itself or with everyone.
-- KEYS  mine            STRING  the account's wrong tries of late
--       everyones       STRING  the wrong tries of all accounts of the cell
-- ARGV  most            how many an account may have
--       everyones_most  after so many of all, an account has one
--       span_ms         how long a try is remembered
-- -->   taken           the try is counted; it is given back when the code is right
--       spent           too many; nothing changed
local mine, everyones = unpack(KEYS)
local most, everyones_most, span_ms = unpack(ARGV)

local had = tonumber(redis.call("GET", mine) or 0)
local had_by_all = tonumber(redis.call("GET", everyones) or 0)
if had >= tonumber(most) or (had > 0 and had_by_all >= tonumber(everyones_most)) then
    return { "spent" }
end
for _, counter in ipairs({ mine, everyones }) do
    if redis.call("INCR", counter) == 1 then
        redis.call("PEXPIRE", counter, span_ms)
    end
end
return { "taken" }
