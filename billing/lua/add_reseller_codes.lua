-- Adds codes to a batch, each once.
-- KEYS  batch      HASH  the batch
--       by_id      ZSET  index of codes
--       lex_batch  ZSET  index of codes
--       ...        HASH  the codes' rows
-- ARGV  batch_id   text
--       codes      JSON list of [id, number in the batch], in the order of the rows
-- -->   added {count}   how many the batch has now
--       no_such_batch   nothing changed
local batch, by_id, lex_batch = unpack(KEYS)
local batch_id, codes = unpack(ARGV)

if redis.call("EXISTS", batch) == 0 then
    return { "no_such_batch" }
end
local added = 0
for place, told in ipairs(cjson.decode(codes)) do
    local id, serial = unpack(told)
    if redis.call("EXISTS", rest[place]) == 0 then
        redis.call("HSET", rest[place], "id", id, "batch", batch_id, "serial", serial)
        redis.call("ZADD", by_id, 0, id)
        redis.call("ZADD", lex_batch, 0, batch_id .. "\0" .. id)
        added = added + 1
    end
end
return { "added", redis.call("HINCRBY", batch, "codes", added) }
