-- Gives an inviter the bonus that an invitee's purchase earned, once an invitee: for the first
-- purchase that counts, in whatever order they are learnt.
-- KEYS  user                 HASH  the inviter's account
--       time_ledger          HASH  the inviter's ledger of Pro time
--       users_by_expiration  ZSET  index of accounts
--       pro_ends             ZSET  user id -> expiration, ms
--       ...                        the ledger's keys, the job's row, rows of jobs that follow
-- ARGV  user_id      the inviter
--       fact         names the entry
--       at           when the invitee paid, ms
--       months       how much is given
--       plan         the plan that the invitee bought
--       because      the purchase
--       work         JSON: {fence, follow}
-- -->   credited {expiration}  ms
--       credited_before        they earned it by this purchase, or an earlier one; the job is done
--       no_such_user           the inviter is gone; the job is done
--       already_done           the job had its effect before; nothing changed
--       superseded             another worker has the job; nothing changed
--@include accounts/extend_pro
--@include jobs/once
--@include jobs/emit
local user, time_ledger, users_by_expiration, pro_ends = unpack(KEYS)
local user_id, fact, at, months, plan, because, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local keys = { user = user, time_ledger = time_ledger, users_by_expiration = users_by_expiration,
    pro_ends = pro_ends }
local outcome = { "no_such_user" }
if redis.call("EXISTS", user) == 1 then
    local expiration = extend_pro(keys, user_id, { fact = fact, kind = "referral_bonus",
        at = tonumber(at), months = tonumber(months), days = 0, plan = plan, because = because,
        earliest = true })
    outcome = expiration and { "credited", expiration } or { "credited_before" }
end
emit(rest, work)
return outcome
