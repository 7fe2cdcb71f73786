--@include accounts/take_back
-- Takes back all the time that was lent for a subscription until it would be paid, but for the loan
-- of the fact `stands`, if any. What was taken back before stays so. `keys` are those of take_back;
-- a loan's fact is "grace.<subscription>.<the payment before>".
local function settle_loans(keys, user_id, subscription_id, stands)
    local takings, flat = {}, redis.call("HGETALL", keys.time_ledger)
    for position = 1, #flat, 2 do
        local fact = flat[position]
        local is_its_own = string.find(fact, "grace." .. subscription_id .. ".", 1, true) == 1
        local entry = is_its_own and fact ~= stands and cjson.decode(flat[position + 1])
        if entry and entry.kind == "grace" then
            takings[#takings + 1] = { fact = fact .. ".back", kind = "grace_back", at = entry.at,
                because = entry.because, back = 1, of = 1 }
        end
    end
    take_back(keys, user_id, takings)
end
