--@include jobs/ledger
-- The fence: may the job that calls still have its effect? Nil when it may, or when no job calls;
-- else the outcome to return at once: {"already_done"} or {"superseded"}.
local function once(rest, work)
    local fence = cjson.decode(work).fence
    if not fence then
        return nil
    end
    local row = rest[ledger(rest).size + 1]
    local state, epoch = unpack(redis.call("HMGET", row, "state", "epoch"))
    if state == "done" then
        return { "already_done" }
    end
    if state ~= "leased" or tonumber(epoch) ~= fence.epoch then
        return { "superseded" }
    end
    return nil
end
