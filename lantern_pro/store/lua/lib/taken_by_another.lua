-- The first claim whose value another row holds already: its columns; false when all are free.
local function taken_by_another(indexes, claims, pk)
    for _, claim in ipairs(cjson.decode(claims)) do
        local columns, position, value = unpack(claim)
        local holder = redis.call("HGET", indexes[position], value)
        if holder and holder ~= pk then
            return columns
        end
    end
    return false
end
