-- Writes the Pro part of a user's configuration, unless what it was made from changed meanwhile.
-- KEYS  user           HASH    the account
--       mine           ZSET    the user's proxies -> since, ms
--       fleet_version  STRING  the fleet's version
--       config         HASH    what is written
--       renewals       ZSET    users -> when their passes are made anew, ms
--       ...            the ledger's keys, then the work's rows
-- ARGV  work           JSON: {fence: {id, epoch}, follow: [...]}
--       user_id        text
--       expiration     of the account, ms, as read
--       country        where they told to be, as read; may be empty
--       seen           kid and epoch of the token, version of the devices, proxies bought, as read
--       version        of the fleet, as read
--       links          ids of the user's proxies by commas, as read
--       admissions     what the devices are admitted by, by commas
--       proxies        ids of the proxies that the body names, by commas
--       sizes          of their parts of the body, by commas
--       body           bytes
--       tag            text
--       renewal        when the passes in the body are made anew, ms; empty for never
-- -->   populated      the configuration is written
--       changed        the account, the links or the fleet are others now; nothing changed
--       already_done   nothing changed
--       superseded     nothing changed
--@include accounts/access_seen
--@include jobs/once
--@include jobs/emit
local user, mine, fleet_version, config, renewals = unpack(KEYS)
local work, user_id, expiration, country, seen, version, links, admissions, proxies, sizes, body, tag, renewal = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
if redis.call("HGET", user, "expiration") ~= expiration or access_seen(user) ~= seen
    or (redis.call("HGET", user, "country") or "") ~= country
    or (redis.call("GET", fleet_version) or "0") ~= version
    or table.concat(redis.call("ZRANGE", mine, 0, -1), ",") ~= links then
    return { "changed" }
end
redis.call("HSET", config, "admissions", admissions, "expiration", expiration, "country", country,
    "proxies", proxies, "sizes", sizes, "body", body, "tag", tag)
if renewal == "" then
    redis.call("ZREM", renewals, user_id)
else
    redis.call("ZADD", renewals, renewal, user_id)
end
emit(rest, work)
return { "populated" }
