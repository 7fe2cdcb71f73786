-- Ends a lease without an effect: the job waits for its next try, or is given up.
-- KEYS  ...       the ledger's keys, then two (job_keys) for the job
-- ARGV  work      JSON: {fence: {id, epoch}, follow: []}
--       reason    text, shown to staff
--       verdict   retry: it failed; wait: not its fault, the try does not count; bury: give it up;
--                 return: it was never begun, and is due as before
--       delay_ms  how long until the next try
-- -->   handed_back    the job waits for its next try
--       buried         the job is dead until staff retry or drop it
--       already_done   the job is done; nothing changed
--       superseded     another worker has the job; nothing changed
--@include jobs/once
--@include jobs/count_job
--@include jobs/await_due
--@include jobs/end_jobs
--@include store/now_ms
local work, reason, verdict, delay_ms = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local job, now = job_at(rest, 1, cjson.decode(work).fence.id), now_ms()
local kind, due = unpack(redis.call("HMGET", job.row, "kind", "due"))
if verdict == "return" then
    await_due(rest, job, due, false)
    return { "handed_back" }
end
redis.call("HSET", job.row, "last_error", reason)
if verdict == "bury" then
    count_job(rest, kind, "dead")
    end_jobs(rest, { job }, "leased", "dead", now)
    return { "buried" }
end
if verdict == "wait" then
    redis.call("HINCRBY", job.row, "waits", 1)
end
count_job(rest, kind, verdict == "wait" and "waited" or "retried")
await_due(rest, job, now + delay_ms, verdict ~= "wait")
return { "handed_back" }
