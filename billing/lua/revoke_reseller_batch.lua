-- Revokes a batch: no code of it can be redeemed any more. What was redeemed stays.
-- KEYS  batch          HASH  the batch
-- ARGV  now            ms
-- -->   revoked        the batch is revoked
--       revoked_before nothing changed
--       no_such_batch  nothing changed
local batch = unpack(KEYS)
local now = unpack(ARGV)

if redis.call("EXISTS", batch) == 0 then
    return { "no_such_batch" }
end
if redis.call("HSETNX", batch, "revoked", now) == 0 then
    return { "revoked_before" }
end
return { "revoked" }
