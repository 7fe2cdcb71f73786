--@include accounts/extend_pro
-- Gives a buyer all that a purchase is for, as its row has kept it since it began: the time, the
-- bonus of a renewal, the months of a promotion, the devices and the proxies. `row` is the purchase,
-- `payment` what paid it: with it the entries of the ledger of time are named. `keys` are those of
-- extend_pro, with `devices` and `usual_devices`; `at` is when it was paid (ms). Returns the new expiration (ms), nil
-- when this payment gave it before.
local function give_bought(keys, row, at, payment)
    local function give(kind, fact, months, days)
        if months + days == 0 and kind ~= "purchase" then
            return nil
        end
        return extend_pro(keys, row.user_id, { fact = fact .. "." .. payment, kind = kind, at = at,
            months = months, days = days, plan = row.plan, because = row.id,
            proxies = kind == "purchase" and tonumber(row.proxies or "") or nil,
            device_limit = kind == "purchase" and tonumber(row.device_limit or "") or nil })
    end
    local expiration = give("purchase", "purchase", tonumber(row.months), tonumber(row.days))
    if not expiration then
        return nil
    end
    expiration = give("renewal_bonus", "renewal", tonumber(row.renewal_months or 0),
        tonumber(row.renewal_days or 0)) or expiration
    expiration = give("promotion", "promotion", tonumber(row.promotion_months or 0), 0) or expiration
    return expiration
end
