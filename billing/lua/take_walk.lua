-- Lets one job walk over Stripe's lists, or go on walking; a later holder of the same job takes over.
-- KEYS  walking  STRING  who walks: <epoch> <job>, for a while
-- ARGV  job      its id
--       epoch    by which its holder is told from the one before
--       held_ms  for how long nobody else may, unless it says so again
-- -->   taken    it walks
--       held     another does; nothing changed
local walking = unpack(KEYS)
local job, epoch, held_ms = unpack(ARGV)

local known_epoch, known_job = string.match(redis.call("GET", walking) or "", "^(%d+) (.+)$")
if known_job and (known_job ~= job or tonumber(known_epoch) > tonumber(epoch)) then
    return { "held" }
end
redis.call("SET", walking, epoch .. " " .. job, "PX", held_ms)
return { "taken" }
