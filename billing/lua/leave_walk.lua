-- Lets others walk over Stripe's lists, if it is this holder of this job that does.
-- KEYS  walking   STRING  who walks: <epoch> <job>
-- ARGV  job       its id
--       epoch     by which its holder is told from the one before
-- -->   left      nobody walks
--       not_held  another does, or nobody; nothing changed
local walking = unpack(KEYS)
local job, epoch = unpack(ARGV)

if redis.call("GET", walking) ~= epoch .. " " .. job then
    return { "not_held" }
end
redis.call("DEL", walking)
return { "left" }
