-- Takes in an event of Stripe's: keeps the pointer to it and stages the job that looks at what it
-- names, once an event.
-- KEYS  event      HASH  the pointer
--       meter      HASH  how many events came: <type>:<what> -> count
--       ...              the ledger's keys, rows of jobs that follow
-- ARGV  type       Stripe's word for what happened
--       object_id  what it happened to
--       created    when it happened, ms
--       now        ms
--       ttl_ms     how long to keep the pointer
--       work       JSON: {follow}
-- -->   taken      the pointer is kept and the job is staged
--       known      it was taken before; only the repetition was counted
--@include jobs/emit
local event, meter = unpack(KEYS)
local type, object_id, created, now, ttl_ms, work = unpack(ARGV)

if redis.call("EXISTS", event) == 1 then
    redis.call("HINCRBY", meter, type .. ":repeated", 1)
    return { "known" }
end
redis.call("HSET", event, "type", type, "object_id", object_id, "created", created, "taken", now)
redis.call("PEXPIRE", event, ttl_ms)
redis.call("HINCRBY", meter, type .. ":taken", 1)
emit(rest, work)
return { "taken" }
