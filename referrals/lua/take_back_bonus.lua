-- Enters in an inviter's ledger of Pro time that money of an invitee's purchase went back, or came again.
-- What the purchase earned the inviter is shortened or restored by it, also if it comes later.
-- KEYS  user                 HASH  the inviter's account
--       time_ledger          HASH  the inviter's ledger of Pro time
--       users_by_expiration  ZSET  index of accounts
--       pro_ends             ZSET  user id -> expiration, ms
--       ...                        the ledger's keys, the job's row, rows of jobs that follow
-- ARGV  user_id       the inviter
--       takings       JSON list (accounts/take_back)
--       work          JSON: {fence, follow}
-- -->   taken {new}   so many entries are new; the job is done
--       no_such_user  the inviter is gone; the job is done
--       already_done  the job had its effect before; nothing changed
--       superseded    another worker has the job; nothing changed
--@include accounts/take_back
--@include jobs/once
--@include jobs/emit
local user, time_ledger, users_by_expiration, pro_ends = unpack(KEYS)
local user_id, takings, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local keys = { user = user, time_ledger = time_ledger, users_by_expiration = users_by_expiration,
    pro_ends = pro_ends }
local outcome = { "no_such_user" }
if redis.call("EXISTS", user) == 1 then
    outcome = { "taken", (take_back(keys, user_id, cjson.decode(takings))) }
end
emit(rest, work)
return outcome
