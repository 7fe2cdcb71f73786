-- The fence: may the holder with this epoch still have the job's effect? Nil when it may, else why
-- not: "already_done" or "superseded". The job learns its kind, and since when it is held.
local function refusal_of(job, epoch)
    local state, epoch_now
    state, epoch_now, job.kind, job.leased_at = unpack(redis.call("HMGET", job.row, "state", "epoch",
        "kind", "leased_at"))
    if state == "done" then
        return "already_done"
    end
    if state ~= "leased" or tonumber(epoch_now) ~= epoch then
        return "superseded"
    end
    return nil
end
