-- Erases an account that is as its reader saw it, and stages what must be undone elsewhere.
-- KEYS  user          HASH  the account
--       unconfirmed   ZSET  accounts that nobody has confirmed -> created, ms
--       ...                 the ledger's keys and rows of jobs that follow; the indexes, as changes
--                           number them; then every other key of the account's own
-- ARGV  user_id       text
--       work          JSON: {follow: [...]}
--       seen          JSON object: every column -> the text it had
--       indexes       how many keys are indexes
--       changes       JSON list of [command, position, argument...]
-- -->   erased        nothing of it is left here
--       changed       somebody wrote meanwhile; nothing changed
--       no_such_user  nothing changed
--@include jobs/emit
--@include jobs/size_of_work
--@include store/is_as_read
--@include store/change_indexes
local user, unconfirmed = unpack(KEYS)
local user_id, work, seen, indexes, changes = unpack(ARGV)

local columns = redis.call("HLEN", user)
if columns == 0 then
    return { "no_such_user" }
end
for _ in pairs(cjson.decode(seen)) do
    columns = columns - 1
end
if columns ~= 0 or not is_as_read(user, seen) then
    return { "changed" }
end
local first = size_of_work(rest, work)
change_indexes({ unpack(rest, first + 1, first + indexes) }, changes)
redis.call("ZREM", unconfirmed, user_id)
redis.call("DEL", user, unpack(rest, first + indexes + 1))
emit(rest, work)
return { "erased" }
