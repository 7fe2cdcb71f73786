--@include proxies/proxy_at
--@include proxies/ranks
--@include proxies/standing
-- Sorts a user's own proxies and candidates: `kept`, `leaving` (they are kept until there is another
-- instead), `lost`, and `candidates` that are open now. `own` counts the first three, `missed` those
-- given that are neither. Who drains, or is asked to be left, stays when `may_move` is used up; who
-- is `stale` is no good to the user, and while it stays they wait for another. Behind as many as
-- `wanted`, all fit and each in another place and at another provider, none is looked at.
local function sort_links(rest, work, ids, mine, open, country, leave, may_move, wanted)
    local links = { kept = {}, leaving = {}, lost = {}, candidates = {}, own = 0, missed = 0 }
    local _, suspect = ranks()
    local span = 2 * suspect
    local known, fit = {}, 0
    for index, id in ipairs(ids) do
        if fit > 0 and fit >= wanted - #links.kept then
            break
        end
        local proxy = proxy_at(rest, work, index)
        local word, place, provider = standing(proxy.row, country)
        local list, score = links.candidates, redis.call("ZSCORE", open, id)
        proxy.id, proxy.place, proxy.provider = id, place, provider
        if redis.call("ZSCORE", mine, id) then
            local limited = word == "draining" or word == "good" and leave[id]
            list = word == "lost" and links.lost or word == "blocked" and links.leaving
                or limited and may_move > 0 and links.leaving or links.kept
            may_move = may_move - (limited and 1 or 0)
            proxy.stale = list == links.leaving and word ~= "good"
            links.own = links.own + 1
        elseif not score or word ~= "good" or leave[id] then
            list, links.missed = nil, links.missed + 1
        else
            proxy.suspect = score % span >= suspect
            if not (proxy.suspect or known[place] or known["by " .. provider]) then
                fit = fit + 1
            end
        end
        known[place], known["by " .. provider] = true, provider ~= ""
        if list then
            list[#list + 1] = proxy
        end
    end
    return links
end
