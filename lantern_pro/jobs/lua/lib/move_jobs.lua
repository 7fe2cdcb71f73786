--@include jobs/ledger
--@include store/carry_out
--@include store/gather
--@include store/tag
-- Moves jobs from the set of one state (nil: they are new) to that of another, where each job's
-- `score` says when. The state in the row is the caller's to write, together with what else is new.
local function move_jobs(rest, jobs, from, to)
    local sets, left, entered, state = ledger(rest), {}, {}, tag(to)
    for _, job in ipairs(jobs) do
        if from then
            gather(left, from == "pending" and job.due or sets[from], job.id)
        end
        gather(entered, to == "pending" and job.due or sets[to], job.score, job.id)
        gather(entered, sets.by_state, state, job.id)
    end
    carry_out("ZREM", left)
    carry_out("ZADD", entered)
end
