--@include jobs/ledger
--@include store/tag
-- Moves a job to a state: into that state's set with a score, out of the others.
local function set_job_state(rest, row, id, state, score)
    local sets = ledger(rest)
    local target = { pending = sets.due, leased = sets.leased, done = sets.done, dead = sets.dead }
    for _, set in pairs(target) do
        redis.call("ZREM", set, id)
    end
    redis.call("ZADD", target[state], score, id)
    redis.call("ZADD", sets.by_state, tag(state), id)
    redis.call("HSET", row, "state", state)
end
