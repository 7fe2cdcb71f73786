-- Makes a batch of resellers' codes, as yet without codes.
-- KEYS  batch         HASH  the batch to be
--       by_id         ZSET  index of batches
--       by_created    ZSET  index of batches
--       lex_reseller  ZSET  index of batches
-- ARGV  batch_id      text
--       folded        the reseller's name as the index has it
--       now           ms
--       columns       JSON object of texts: reseller, and what a code gives
-- -->   made          the batch is there
--       known         it was there before; nothing changed
local batch, by_id, by_created, lex_reseller = unpack(KEYS)
local batch_id, folded, now, columns = unpack(ARGV)

if redis.call("EXISTS", batch) == 1 then
    return { "known" }
end
for column, value in pairs(cjson.decode(columns)) do
    redis.call("HSET", batch, column, value)
end
redis.call("HSET", batch, "id", batch_id, "created", now, "codes", 0, "redeemed", 0)
redis.call("ZADD", by_id, 0, batch_id)
redis.call("ZADD", by_created, now, batch_id)
redis.call("ZADD", lex_reseller, 0, folded .. "\0" .. batch_id)
return { "made" }
