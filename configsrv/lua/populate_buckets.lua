-- Writes the configurations of some free buckets, unless the fleet changed since it was read.
-- KEYS  fleet_version  STRING  the fleet's version
--       free_table     HASH    bucket, or bucket.country -> ids of its proxies; shape
--       ...            the ledger's keys, the work's rows, then a configuration's HASH each
-- ARGV  work           JSON: {fence: {id, epoch}, follow: [...]}
--       version        of the fleet that was read
--       shape          what the whole table was made from; empty while more buckets follow
--       buckets        JSON list of {field, proxies, sizes, tag, variants, start, stop}, in the
--                      order of the keys, or {field, gone} for one that is there no more
--       bodies         the bodies joined, bytes; start and stop say where each is, from 1
-- -->   populated      the buckets are written
--       changed        the fleet is another now; nothing changed
--       already_done   nothing changed
--       superseded     nothing changed
--@include jobs/once
--@include jobs/emit
--@include jobs/size_of_work
local fleet_version, free_table = unpack(KEYS)
local work, version, shape, buckets, bodies = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
if (redis.call("GET", fleet_version) or "0") ~= version then
    return { "changed" }
end
for index, bucket in ipairs(cjson.decode(buckets)) do
    local config = rest[size_of_work(rest, work) + index]
    if bucket.gone then
        redis.call("HDEL", free_table, bucket.field)
        redis.call("DEL", config)
    else
        local body = string.sub(bodies, bucket.start, bucket.stop)
        redis.call("HSET", free_table, bucket.field, bucket.proxies)
        redis.call("HSET", config, "body", body, "tag", bucket.tag, "proxies", bucket.proxies,
            "sizes", bucket.sizes, "variants", bucket.variants)
    end
end
if shape ~= "" then
    redis.call("HSET", free_table, "shape", shape)
end
emit(rest, work)
return { "populated" }
