-- Takes an account away that nobody confirmed, paid for or was invited by.
-- KEYS  user             HASH    the account
--       devices          ZSET    its devices
--       device_names     HASH    their names
--       time_ledger      HASH    its ledger of Pro time
--       invitees         ZSET    who came by its code
--       referral_code    STRING  its code
--       words            STRING  its recovery words
--       unconfirmed      ZSET    accounts that nobody has confirmed -> created, ms
--       by_id            ZSET    index of accounts
--       by_created       ZSET    index of accounts
--       by_expiration    ZSET    index of accounts
--       lex_referral     ZSET    index of accounts
--       ...                      the ledger's keys and the job's row
-- ARGV  work             JSON: {fence, follow}
--       user_id          text
--       referral         the account's code
-- -->   reaped           the account is gone
--       kept             it is in use, or gone already; it is not looked at again
--       already_done     the job had its effect before; nothing changed
--       superseded       another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local user, devices, device_names, time_ledger, invitees, referral_code, words, unconfirmed, by_id, by_created, by_expiration, lex_referral = unpack(KEYS)
local work, user_id, referral = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local confirmed, code = unpack(redis.call("HMGET", user, "confirmed", "referral"))
local in_use = confirmed or code ~= referral or redis.call("EXISTS", time_ledger, invitees) > 0
redis.call("ZREM", unconfirmed, user_id)
if not in_use then
    redis.call("DEL", user, devices, device_names, referral_code, words)
    for _, index in ipairs({ by_id, by_created, by_expiration }) do
        redis.call("ZREM", index, user_id)
    end
    redis.call("ZREM", lex_referral, string.lower(referral) .. "\0" .. user_id)
end
emit(rest, work)
return { in_use and "kept" or "reaped" }
