-- The ids of proxies, as a JSON list of texts.
local function ids_of(proxies)
    local ids = {}
    for at, proxy in ipairs(proxies) do
        ids[at] = proxy.id
    end
    return #ids == 0 and "[]" or cjson.encode(ids)
end
