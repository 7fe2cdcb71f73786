-- Gives an account another token. The one before may stay good for a while, for those who have it.
-- KEYS  user           HASH  the account
--       ...                  the ledger's keys, then a row for each job that follows
-- ARGV  work           JSON: {follow: [...]}
--       epoch          of the token, as read
--       kid            the key that the new token is made with
--       good_until     until when the token before is good, ms; 0 when it was stolen
--       reset_key      digest of what the client calls this reset, or empty
-- -->   reset          the token is another now
--       changed        it was reset meanwhile; nothing changed
--@include jobs/emit
local user = unpack(KEYS)
local work, epoch, kid, good_until, reset_key = unpack(ARGV)

local kid_now, epoch_now = unpack(redis.call("HMGET", user, "kid", "epoch"))
if epoch_now ~= epoch then
    return { "changed" }
end
redis.call("HSET", user, "kid", kid, "epoch", epoch + 1, "old_kid", kid_now,
    "old_good_until", good_until, "reset_key", reset_key)
emit(rest, work)
return { "reset" }
