-- Removes the records of jobs that were done or dropped before a moment. Their effects stay, and so
-- does what guards them: the domain's own data name the business fact.
-- KEYS  ...       the ledger's keys, then two (job_keys) for each job
-- ARGV  ids       JSON list of job ids, in the order of the keys
--       before    ms
-- -->   forgotten {count}  so many are gone; the others have not ended, or later
--@include jobs/ledger
--@include jobs/job_at
local ids, before = unpack(ARGV)

local sets, count = ledger(rest), 0
for position, id in ipairs(cjson.decode(ids)) do
    local job = job_at(rest, position, id)
    local ended = redis.call("ZSCORE", sets.done, id) or redis.call("ZSCORE", sets.dropped, id)
    if ended and tonumber(ended) < tonumber(before) then
        redis.call("ZREM", sets.lex_kind, redis.call("HGET", job.row, "kind") .. "\0" .. id)
        for _, set in ipairs({ sets.done, sets.dropped, sets.by_id, sets.by_state, sets.by_created,
            sets.by_about }) do
            redis.call("ZREM", set, id)
        end
        redis.call("DEL", job.row)
        count = count + 1
    end
end
return { "forgotten", count }
