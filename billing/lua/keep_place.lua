-- Notes that a page of one of Stripe's lists was walked, if it is this holder of this job that walks.
-- KEYS  walk      HASH    where the walk is
--       walking   STRING  who walks: <epoch> <job>
-- ARGV  job       its id
--       epoch     by which its holder is told from the one before
--       after     where the next page begins; empty when the window is done
--       walked    how much stood on the page
--       repaired  of how much a repair began
-- -->   kept      the next page comes next
--       not_held  another walks, or nobody; nothing changed
local walk, walking = unpack(KEYS)
local job, epoch, after, walked, repaired = unpack(ARGV)

if redis.call("GET", walking) ~= epoch .. " " .. job then
    return { "not_held" }
end
redis.call("HSET", walk, "after", after)
if after == "" then
    redis.call("HSET", walk, "done_until", redis.call("HGET", walk, "until") or 0, "until", 0)
end
redis.call("HINCRBY", walk, "walked", walked)
redis.call("HINCRBY", walk, "repaired", repaired)
return { "kept" }
