-- Gives a try back that was counted: the code was right.
-- KEYS  mine            STRING  the account's wrong tries of late
--       everyones       STRING  the wrong tries of all accounts of the cell
-- -->   given_back
local mine, everyones = unpack(KEYS)

for _, counter in ipairs({ mine, everyones }) do
    if tonumber(redis.call("GET", counter) or 0) > 0 then
        redis.call("DECR", counter)
    end
end
return { "given_back" }
