-- Writes the Pro part of a user's configuration, unless what it was made from changed meanwhile.
-- KEYS  user           HASH    the account
--       mine           ZSET    the user's proxies -> since, ms
--       fleet_version  STRING  the fleet's version
--       config         HASH    what is written
--       ...            the ledger's keys, then the work's rows
-- ARGV  work           JSON: {fence: {id, epoch}, follow: [...]}
--       expiration     of the account, ms, as read
--       kid            of the token, as read
--       epoch          of the token, as read
--       version        of the fleet, as read
--       links          ids of the user's proxies by commas, as read
--       token_hash     SHA-256 of the token, hex
--       proxies        ids of the proxies that the body names, by commas
--       body           bytes
--       tag            text
-- -->   populated      the configuration is written
--       changed        the account, the links or the fleet are others now; nothing changed
--       already_done   nothing changed
--       superseded     nothing changed
--@include jobs/once
--@include jobs/emit
local user, mine, fleet_version, config = unpack(KEYS)
local work, expiration, kid, epoch, version, links, token_hash, proxies, body, tag = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
local account = redis.call("HMGET", user, "expiration", "kid", "epoch")
if account[1] ~= expiration or account[2] ~= kid or account[3] ~= epoch
    or (redis.call("GET", fleet_version) or "0") ~= version
    or table.concat(redis.call("ZRANGE", mine, 0, -1), ",") ~= links then
    return { "changed" }
end
redis.call("HSET", config, "token_hash", token_hash, "expiration", expiration,
    "proxies", proxies, "body", body, "tag", tag)
emit(rest, work)
return { "populated" }
