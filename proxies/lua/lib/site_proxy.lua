-- Gives a proxy the number of its site: of all that stand in one place at one provider and are
-- blocked in the same countries. `sites` keeps each number with its name, both ways. The number is a
-- scattered one times 32, and the area's. So it tells the area by itself, and of sites with the same
-- rank, which stand by their numbers, those that were made one after another are not neighbours: they
-- may well be of one provider.
local function site_proxy(row, sites)
    local area, code, city, provider, blocked = unpack(redis.call("HMGET", row, "area", "country_code",
        "city", "provider", "blocked_countries"))
    local countries = cjson.decode(blocked)
    table.sort(countries)
    local place = string.gsub(code .. "/" .. city, "%c", " ")
    local name = table.concat({ area, place, provider, table.concat(countries, ",") }, "\n")
    local site = redis.call("HGET", sites, name)
    if not site then
        local serial = redis.call("HLEN", sites) / 2 + 1
        site = serial * 648055 % 1048576 * 32 + area
        redis.call("HSET", sites, name, site, site, name)
    end
    redis.call("HSET", row, "site", site)
end
