--@include accounts/replay_time
-- Enters takings in a user's ledger of Pro time, each once, and moves the expiration. A taking is
-- {fact, kind, at, because, back, of}: of the `of` that was paid for `because`, `back` (in the smallest
-- unit of money) went back; negative when it came again. Of what was not given, or is not known
-- yet, nothing is taken; what comes later is shortened then. Returns how many entries were new, and the
-- new expiration (ms) when some were.
local function take_back(keys, user_id, takings)
    local new = 0
    for _, taking in ipairs(takings) do
        local entry = cjson.encode({ kind = taking.kind, at = taking.at, plan = "",
            because = taking.because, back = taking.back, of = taking.of })
        new = new + redis.call("HSETNX", keys.time_ledger, taking.fact, entry)
    end
    return new, new > 0 and replay_time(keys, user_id) or nil
end
