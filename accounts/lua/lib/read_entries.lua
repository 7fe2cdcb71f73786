-- The entries of a ledger of Pro time, in the order of their moments; at one moment purchases come
-- first, then what goes with them, and takings last. What is taken back comes after what it is taken
-- from, whatever its moment.
local function read_entries(time_ledger)
    local entries, latest = {}, {}
    local ranks = { purchase = 0, renewal_bonus = 1, promotion = 2 }
    local flat = redis.call("HGETALL", time_ledger)
    for position = 1, #flat, 2 do
        local entry = cjson.decode(flat[position + 1])
        entry.fact = flat[position]
        entries[#entries + 1] = entry
        if not entry.back then
            latest[entry.because] = math.max(latest[entry.because] or 0, entry.at)
        end
    end
    for _, entry in ipairs(entries) do
        entry.place, entry.rank = entry.at, ranks[entry.kind] or 3
        if entry.back then
            entry.place, entry.rank = math.max(entry.at, latest[entry.because] or 0), 4
        end
    end
    table.sort(entries, function(one, other)
        if one.place ~= other.place then
            return one.place < other.place
        elseif one.rank ~= other.rank then
            return one.rank < other.rank
        end
        return one.fact < other.fact
    end)
    return entries
end
