-- Redeems a reseller's code for one user, once and for all. What it gives follows by a job, perhaps
-- in another cell.
-- KEYS  code         HASH  the code's row
--       batch        HASH  the batch that the code was read to be of
--       by_redeemed  ZSET  index of codes
--       by_user_id   ZSET  index of codes
--       ...                the ledger's keys, rows of jobs that follow
-- ARGV  code_id      text
--       user_id      who redeems it
--       purchase_id  what the user gets is known by
--       now          ms
--       work         JSON: {follow}
-- -->   redeemed     the code is the user's now
--       known        the user had redeemed it before; nothing changed
--       wrong        there is none, or it is another's, over or revoked; nothing changed
--@include jobs/emit
local code, batch, by_redeemed, by_user_id = unpack(KEYS)
local code_id, user_id, purchase_id, now, work = unpack(ARGV)

local of_batch, owner = unpack(redis.call("HMGET", code, "batch", "user_id"))
if owner then
    return { owner == user_id and "known" or "wrong" }
end
local batch_id, expires, revoked = unpack(redis.call("HMGET", batch, "id", "expires", "revoked"))
if not of_batch or of_batch ~= batch_id or revoked
    or tonumber(expires or math.huge) <= tonumber(now) then
    return { "wrong" }
end
redis.call("HSET", code, "user_id", user_id, "purchase_id", purchase_id, "redeemed", now)
redis.call("ZADD", by_redeemed, now, code_id)
redis.call("ZADD", by_user_id, user_id, code_id)
redis.call("HINCRBY", batch, "redeemed", 1)
emit(rest, work)
return { "redeemed" }
