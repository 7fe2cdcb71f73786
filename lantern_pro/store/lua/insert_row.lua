-- Inserts one row and its index entries, unless its key or a unique value is taken.
-- KEYS  row        HASH  the row; must not exist
--       ...              its indexes, as claims and changes number them
-- ARGV  pk         text
--       pk_column  text
--       fields     JSON list: column, text, column, text
--       claims     JSON list of [columns, position, value] that must be free
--       changes    JSON list of [command, position, argument...]
-- -->   saved
--       duplicate {columns}  nothing changed
--@include store/taken_by_another
--@include store/change_indexes
local row = unpack(KEYS)
local pk, pk_column, fields, claims, changes = unpack(ARGV)

if redis.call("EXISTS", row) == 1 then
    return { "duplicate", pk_column }
end
local taken = taken_by_another(rest, claims, pk)
if taken then
    return { "duplicate", taken }
end

redis.call("HSET", row, unpack(cjson.decode(fields)))
change_indexes(rest, changes)
return { "saved" }
