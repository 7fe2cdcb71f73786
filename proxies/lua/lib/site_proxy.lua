-- Gives a proxy the number of its site: of all that stand in one place at one provider and are
-- blocked in the same countries. `sites` keeps each number with its name, both ways. A number is a
-- serial one times 32, and the area's: so it tells the area by itself.
local function site_proxy(row, sites)
    local area, code, city, provider, blocked = unpack(redis.call("HMGET", row, "area", "country_code",
        "city", "provider", "blocked_countries"))
    local countries = cjson.decode(blocked)
    table.sort(countries)
    local place = string.gsub(code .. "/" .. city, "%c", " ")
    local name = table.concat({ area, place, provider, table.concat(countries, ",") }, "\n")
    local site = redis.call("HGET", sites, name)
    if not site then
        site = (redis.call("HLEN", sites) / 2 + 1) * 32 + area
        redis.call("HSET", sites, name, site, site, name)
    end
    redis.call("HSET", row, "site", site)
end
