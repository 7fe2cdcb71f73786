-- The fence: may the holder with this epoch still have the job's effect? Nil when it may, else why
-- not: "already_done" or "superseded".
local function refusal_of(row, epoch)
    local state, epoch_now = unpack(redis.call("HMGET", row, "state", "epoch"))
    if state == "done" then
        return "already_done"
    end
    if state ~= "leased" or tonumber(epoch_now) ~= epoch then
        return "superseded"
    end
    return nil
end
