-- Changes some columns of one row and their index entries, if the row is as its reader saw it.
-- KEYS  row      HASH  the row
--       ...            the indexes, as claims and changes number them
-- ARGV  pk       text
--       seen     JSON object: changed column -> the text it had, or false
--       fields   JSON list: column, text, column, text
--       missing  JSON list of the columns that become NULL
--       claims   JSON list of [columns, position, value] that must be free
--       changes  JSON list of [command, position, argument...]
-- -->   saved
--       gone                 there is no such row
--       changed              somebody else wrote meanwhile; nothing changed
--       duplicate {columns}  nothing changed
--@include store/is_as_read
--@include store/taken_by_another
--@include store/change_indexes
local row = unpack(KEYS)
local pk, seen, fields, missing, claims, changes = unpack(ARGV)

if redis.call("EXISTS", row) == 0 then
    return { "gone" }
end
if not is_as_read(row, seen) then
    return { "changed" }
end
local taken = taken_by_another(rest, claims, pk)
if taken then
    return { "duplicate", taken }
end

local texts = cjson.decode(fields)
if #texts > 0 then
    redis.call("HSET", row, unpack(texts))
end
for _, column in ipairs(cjson.decode(missing)) do
    redis.call("HDEL", row, column)
end
change_indexes(rest, changes)
return { "saved" }
