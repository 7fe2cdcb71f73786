-- Creates an account, or finds the one that the same device made from the same address just now.
-- KEYS  user           HASH    the account to be made
--       devices        ZSET    its devices: device id -> first seen, ms
--       signup         STRING  the sign-up of this device and address -> user id
--       referral_code  STRING  the code that the account is to have -> user id
--       by_id          ZSET    index of accounts
--       by_created     ZSET    index of accounts
--       by_expiration  ZSET    index of accounts
--       lex_referral   ZSET    index of accounts
--       unconfirmed    ZSET    accounts that nobody has confirmed -> created, ms
--       ...            STRING  the limits that the call is counted against
-- ARGV  user_id        the new account's id
--       device_id      text
--       now            ms
--       signup_digest  names the sign-up's key, for the call that confirms
--       signup_ttl_ms  how long the same call finds the same account
--       referral       the new account's referral code
--       kid            which token key the account uses
--       locale         such as en_US, or empty
--       limits         JSON, as api/within_limits takes it
-- -->   created        a new account
--       known {id}     this sign-up has made an account before, and is not counted; nothing changed
--       code_taken     the referral code is somebody's; nothing changed
--       id_taken       the id is somebody's; nothing changed
--       full {wait_ms} a limit is full, for so long; nothing changed
--@include api/within_limits
local user, devices, signup, referral_code, by_id, by_created, by_expiration, lex_referral, unconfirmed = unpack(KEYS)
local user_id, device_id, now, signup_digest, signup_ttl_ms, referral, kid, locale, limits = unpack(ARGV)

local known = redis.call("GET", signup)
if known then
    return { "known", known }
end
if redis.call("EXISTS", referral_code) == 1 then
    return { "code_taken" }
end
if redis.call("EXISTS", user) == 1 then
    return { "id_taken" }
end
local wait_ms = within_limits(rest, limits)
if wait_ms then
    return { "full", wait_ms }
end
redis.call("HSET", user, "id", user_id, "created", now, "kid", kid, "epoch", 1,
    "expiration", 0, "referral", referral, "locale", locale, "signup", signup_digest)
redis.call("ZADD", devices, now, device_id)
redis.call("ZADD", by_id, user_id, user_id)
redis.call("ZADD", by_created, now, user_id)
redis.call("ZADD", by_expiration, 0, user_id)
redis.call("ZADD", lex_referral, 0, string.lower(referral) .. "\0" .. user_id)
redis.call("ZADD", unconfirmed, now, user_id)
redis.call("SET", referral_code, user_id)
redis.call("SET", signup, user_id, "PX", signup_ttl_ms)
return { "created" }
