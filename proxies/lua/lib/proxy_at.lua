--@include jobs/size_of_work
-- The keys of the index-th proxy among those that stand in `rest` behind the work's own
-- (proxies/keys.py, link_keys).
local function proxy_at(rest, work, index)
    local base = size_of_work(rest, work) + 4 * (index - 1)
    return {
        row = rest[base + 1],
        users = rest[base + 2],
        admissions = rest[base + 3],
        changes = rest[base + 4],
    }
end
