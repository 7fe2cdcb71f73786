-- Ends a lease without an effect: the job waits for its next try, or is given up.
-- KEYS  ...       the ledger's keys, then the job's row (HASH)
-- ARGV  work      JSON: {fence: {id, epoch}, follow: []}
--       reason    text, shown to staff
--       verdict   retry: it failed; wait: not its fault, the try does not count; bury: give it up
--       delay_ms  how long until the next try
-- -->   handed_back    the job waits for its next try
--       buried         the job is dead until staff retry it
--       already_done   the job is done; nothing changed
--       superseded     another worker has the job; nothing changed
--@include jobs/once
--@include jobs/ledger
--@include jobs/set_job_state
--@include store/now_ms
local work, reason, verdict, delay_ms = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local row, id, now = rest[ledger(rest).size + 1], cjson.decode(work).fence.id, now_ms()
redis.call("HSET", row, "last_error", reason)
redis.call("HDEL", row, "lease_end")
if verdict == "bury" then
    set_job_state(rest, row, id, "dead", now)
    return { "buried" }
end
if verdict == "wait" then
    redis.call("HINCRBY", row, "attempts", -1)
end
redis.call("HSET", row, "due", now + delay_ms)
set_job_state(rest, row, id, "pending", now + delay_ms)
return { "handed_back" }
