--@include jobs/count_job
--@include jobs/finish_jobs
--@include jobs/job_at
--@include jobs/move_jobs
--@include jobs/refusal_of
--@include store/now_ms
-- Marks the job that calls as done and stages what follows, each once: a job that is known
-- already is left as it is, but for being due earlier when that is asked for. Returns how many
-- were new.
local function emit(rest, work)
    local decoded = cjson.decode(work)
    local sets, now, position, new, indexed = ledger(rest), now_ms(), 0, {}, {}
    if decoded.fence then
        position = 1
        local job = job_at(rest, 1, decoded.fence.id)
        refusal_of(job, decoded.fence.epoch) -- for what the job learns
        finish_jobs(rest, { job }, now)
    end
    for _, told in ipairs(decoded.follow) do
        position = position + 1
        local job, due = job_at(rest, position, told.id), now + told.delay_ms
        if redis.call("EXISTS", job.row) == 0 then
            redis.call("HSET", job.row, "id", job.id, "kind", told.kind, "arguments", told.arguments,
                "about", told.about, "epoch", 0, "attempts", 0, "created", now, "due", due,
                "state", "pending")
            gather(indexed, sets.by_id, 0, job.id)
            gather(indexed, sets.by_created, now, job.id)
            gather(indexed, sets.by_about, told.about, job.id)
            gather(indexed, sets.lex_kind, 0, told.kind .. "\0" .. job.id)
            count_job(rest, told.kind, "staged")
            job.score = due
            new[#new + 1] = job
        elseif tonumber(redis.call("ZSCORE", job.due, job.id) or 0) > due then
            redis.call("ZADD", job.due, due, job.id)
            redis.call("HSET", job.row, "due", due)
        end
    end
    carry_out("ZADD", indexed)
    move_jobs(rest, new, nil, "pending")
    return #new
end
