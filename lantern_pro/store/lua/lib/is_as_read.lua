-- Whether a row still has what its reader saw: column -> text, or false for a missing one.
local function is_as_read(row, seen)
    for column, text in pairs(cjson.decode(seen)) do
        if redis.call("HGET", row, column) ~= text then
            return false
        end
    end
    return true
end
