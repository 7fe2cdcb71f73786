-- Finds proxies that a user could have besides their own, the best first: in places and at
-- providers that are not theirs yet, near, least loaded. What it costs does not depend on how many
-- proxies there are: it reads the lowest ranks of a few sites, and of 64 where these are blocked in
-- the user's country or alike. Nothing is written; proxies/assign_proxies looks again.
-- KEYS  open        ZSET    open proxies -> site and rank (proxies/ranks)
--       open_sites  ZSET    sites with open proxies -> area and lowest rank
--       sites       HASH    number of a site -> its name, and name -> number
--       openings    STRING  how often a proxy came to be open
--       ...         rows of the user's own proxies
-- ARGV  near        JSON list of groups of areas, the nearest first
--       country     of the user, or empty
--       wanted      how many proxies the user should have
--       own         JSON list of the ids of their own proxies, in the order of their rows
--       leave       JSON: id -> true, for those of their own that they are to leave
-- -->   found {candidates} {openings}  JSON list of ids, may be empty; openings as they were then
--       too_few {candidates} {openings} {lacking}  and there are sites that were not looked at
--@include proxies/standing
--@include proxies/sites_of
--@include proxies/open_at
local open, open_sites, sites, openings = unpack(KEYS)
local near, country, wanted, own, leave = unpack(ARGV)

local SPARE = 1 -- candidates beyond those that are lacking: others may be faster
local mine, places, providers, lacks = {}, {}, {}, tonumber(wanted)
local ids, leaving = cjson.decode(own), cjson.decode(leave)
for at, id in ipairs(ids) do
    local word, place, provider = standing(rest[at], country)
    mine[id] = true
    if word == "good" and not leaving[id] then
        places[place], providers[provider], lacks = true, true, lacks - 1
    end
end
local function look(groups, most)
    local lists, seen, listed, all = { {}, {}, {}, {} }, {}, {}, true
    for _, areas in ipairs(groups) do
        local found, is_all = sites_of(areas, most, open_sites, sites)
        all = all and is_all
        for _, site in ipairs(found) do
            local provider, also = "by " .. site.provider, "also " .. site.place
            local other = site.provider == "" or not (providers[site.provider] or seen[provider])
            local is_new = not (places[site.place] or seen[site.place] or not other and seen[also])
            local blocked = country ~= "" and string.find(site.blocked, country, 1, true)
            if not (blocked or listed[site.number]) then
                listed[site.number] = true
                for nth, proxy in ipairs(open_at(site.number, lacks + #ids, mine, open)) do
                    local list = proxy.suspect and 4 or (nth > 1 or not is_new) and 3 or other and 1 or 2
                    lists[list][#lists[list] + 1] = proxy.id
                    if list < 3 then
                        seen[list == 1 and site.place or also], seen[provider] = true, true
                    end
                end
            end
            if #lists[1] >= lacks + SPARE then
                return lists, true
            end
        end
    end
    return lists, all or #lists[1] >= lacks or (most >= 64 and #lists[1] + #lists[2] + #lists[3] >= lacks)
end
local candidates, looked_at_enough = {}, true
for _, most in ipairs(lacks > 0 and { 2 * lacks + 2, 64 } or {}) do
    local lists, enough = look(cjson.decode(near), most)
    if enough or most == 64 then
        looked_at_enough = enough
        for _, list in ipairs(lists) do
            for at = 1, math.min(#list, lacks + SPARE - #candidates) do
                candidates[#candidates + 1] = list[at]
            end
        end
        break
    end
end
local list, opened = #candidates == 0 and "[]" or cjson.encode(candidates), redis.call("GET", openings) or "0"
if not looked_at_enough then
    return { "too_few", list, opened, lacks + SPARE - #candidates }
end
return { "found", list, opened }
