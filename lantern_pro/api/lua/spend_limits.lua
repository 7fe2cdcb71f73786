-- Counts one call against all of its limits, or, when one of them is full, against none.
-- KEYS  ...       STRING  what remembers a repeated call, then a key for each limit
-- ARGV  limits    JSON: {remember_ms, most_repeats, limits: [{step, flood_step, span,
--                 is_everyones}]}, times in ms, in the order of the keys
-- -->   within          it is counted, or it is the repetition of one that was
--       full {wait_ms}  one limit is full, for so long; nothing changed
--@include api/within_limits
local limits = unpack(ARGV)

local wait_ms = within_limits(rest, limits)
if wait_ms then
    return { "full", wait_ms }
end
return { "within" }
