--@include jobs/job_at
--@include jobs/refusal_of
-- Whether the job that calls has lost its right to an effect. Nil when it has not, or when no job
-- calls; else the outcome to return at once: {"already_done"} or {"superseded"}.
local function once(rest, work)
    local fence = cjson.decode(work).fence
    local refusal = fence and refusal_of(job_at(rest, 1, fence.id), fence.epoch)
    return refusal and { refusal } or nil
end
