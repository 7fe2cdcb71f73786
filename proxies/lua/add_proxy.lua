-- Adds a proxy to the fleet, unless another has its name.
-- KEYS  row          HASH    the new proxy
--       by_id        ZSET    index of proxies
--       by_created   ZSET    index of proxies
--       by_state     ZSET    index of proxies
--       by_track     ZSET    index of proxies
--       by_load      ZSET    index of proxies
--       lex_name     ZSET    index of proxies
--       lex_addr     ZSET    index of proxies
--       unique_name  HASH    name -> proxy id
--       open         ZSET    active Pro proxies with room -> load
--       free         ZSET    active free proxies -> when added, ms
--       fleet_version  STRING  raised, because configurations change with the fleet
--       ...          the ledger's keys, then a row for each job that follows
-- ARGV  work         JSON: {follow: [...]}
--       id           the new proxy's id
--       now          ms
--       columns      JSON: column -> value
-- -->   added          the proxy is in the fleet
--       taken {id}     another proxy has the name; nothing changed
--@include jobs/emit
--@include store/tag
local row, by_id, by_created, by_state, by_track, by_load, lex_name, lex_addr, unique_name, open, free, fleet_version = unpack(KEYS)
local work, id, now, columns = unpack(ARGV)

local proxy = cjson.decode(columns)
local holder = redis.call("HGET", unique_name, proxy.name)
if holder then
    return { "taken", holder }
end
for column, value in pairs(proxy) do
    redis.call("HSET", row, column, value)
end
redis.call("HSET", row, "id", id, "created", now, "load", 0, "version", 0)
redis.call("ZADD", by_id, id, id)
redis.call("ZADD", by_created, now, id)
redis.call("ZADD", by_state, tag(proxy.state), id)
redis.call("ZADD", by_track, tag(proxy.track), id)
redis.call("ZADD", by_load, 0, id)
redis.call("ZADD", lex_name, 0, string.lower(proxy.name) .. "\0" .. id)
redis.call("ZADD", lex_addr, 0, string.lower(proxy.addr) .. "\0" .. id)
redis.call("HSET", unique_name, proxy.name, id)
if proxy.state == "active" and proxy.track == "free" then
    redis.call("ZADD", free, now, id)
elseif proxy.state == "active" and tonumber(proxy.capacity) > 0 then
    redis.call("ZADD", open, 0, id)
end
redis.call("INCR", fleet_version)
emit(rest, work)
return { "added" }
