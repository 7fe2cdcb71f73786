--@include jobs/ledger
-- The keys of the index-th proxy among those that stand in `rest` behind the work's own
-- (proxies/keys.py, link_keys).
local function proxy_at(rest, work, index)
    local decoded = cjson.decode(work)
    local base = ledger(rest).size + (decoded.fence and 1 or 0) + #decoded.follow + 4 * (index - 1)
    return {
        row = rest[base + 1],
        users = rest[base + 2],
        tokens = rest[base + 3],
        changes = rest[base + 4],
    }
end
