-- Deletes one row and its index entries, if the row is as its reader saw it.
-- KEYS  row      HASH  the row
--       ...            its indexes, as changes number them
-- ARGV  seen     JSON object: column -> the text it had
--       changes  JSON list of [command, position, argument...]
-- -->   deleted
--       gone     there was no such row
--       changed  somebody else wrote meanwhile; nothing changed
--@include store/is_as_read
--@include store/change_indexes
local row = unpack(KEYS)
local seen, changes = unpack(ARGV)

if redis.call("EXISTS", row) == 0 then
    return { "gone" }
end
if not is_as_read(row, seen) then
    return { "changed" }
end

redis.call("DEL", row)
change_indexes(rest, changes)
return { "deleted" }
