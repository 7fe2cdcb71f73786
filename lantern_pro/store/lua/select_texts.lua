-- Copies the rows of a range of an index by text into a set that other sets combine with.
-- KEYS  index     ZSET  folded value, NUL, pk -> 0
--       selected  ZSET  pk -> 0; made anew
-- ARGV  low       lexical bound, as ZRANGEBYLEX takes it
--       high      lexical bound
--       seconds   how long the set may stay
-- -->   selected {count}
local index, selected = unpack(KEYS)
local low, high, seconds = unpack(ARGV)

redis.call("DEL", selected)
local count = 0
local from = low
repeat
    local members = redis.call("ZRANGEBYLEX", index, from, high, "LIMIT", 0, 1000)
    for _, member in ipairs(members) do
        local pk = string.match(member, "%z([^%z]*)$")
        redis.call("ZADD", selected, 0, pk)
        from = "(" .. member
    end
    count = count + #members
until #members < 1000
redis.call("EXPIRE", selected, seconds)
return { "selected", count }
