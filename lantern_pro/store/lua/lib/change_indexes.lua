-- Carries out changes of indexes: each a command, the position of its key, its arguments.
local function change_indexes(indexes, changes)
    for _, change in ipairs(cjson.decode(changes)) do
        redis.call(change[1], indexes[change[2]], unpack(change, 3))
    end
end
