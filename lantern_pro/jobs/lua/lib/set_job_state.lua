--@include jobs/ledger
--@include store/tag
-- Moves a job from one state (nil: it is new) to another, where `score` says when.
local function set_job_state(rest, job, from, to, score)
    local sets = ledger(rest)
    local set_of = { pending = job.due, leased = sets.leased, done = sets.done, dead = sets.dead,
        dropped = sets.dropped }
    if from and from ~= to then
        redis.call("ZREM", set_of[from], job.id)
    end
    redis.call("ZADD", set_of[to], score, job.id)
    redis.call("ZADD", sets.by_state, tag(to), job.id)
    redis.call("HSET", job.row, "state", to)
end
