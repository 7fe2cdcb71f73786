--@include jobs/ledger
--@include jobs/set_job_state
--@include store/now_ms
-- Marks the job that calls as done and stages what follows, each once: a job that is known
-- already is left as it is, but for being due earlier when that is asked for.
local function emit(rest, work)
    local decoded = cjson.decode(work)
    local sets, now, position = ledger(rest), now_ms(), ledger(rest).size
    if decoded.fence then
        position = position + 1
        redis.call("HSET", rest[position], "finished", now)
        set_job_state(rest, rest[position], decoded.fence.id, "done", now)
    end
    for _, job in ipairs(decoded.follow) do
        position = position + 1
        local row, due = rest[position], now + job.delay_ms
        if redis.call("EXISTS", row) == 0 then
            redis.call("HSET", row, "id", job.id, "kind", job.kind, "arguments", job.arguments,
                "about", job.about, "epoch", 0, "attempts", 0, "created", now, "due", due)
            redis.call("ZADD", sets.by_id, 0, job.id)
            redis.call("ZADD", sets.by_created, now, job.id)
            redis.call("ZADD", sets.by_about, job.about, job.id)
            redis.call("ZADD", sets.lex_kind, 0, job.kind .. "\0" .. job.id)
            set_job_state(rest, row, job.id, "pending", due)
        elseif redis.call("ZSCORE", sets.due, job.id) then
            redis.call("ZADD", sets.due, "LT", due, job.id)
            redis.call("HSET", row, "due", redis.call("ZSCORE", sets.due, job.id))
        end
    end
end
