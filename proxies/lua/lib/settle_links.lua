-- Which of a user's sorted links (proxies/sort_links) are left once some were gained. Those that the
-- user is leaving stay while there is nobody instead; those of `kept` that are more than wanted go,
-- the newest first. Returns those that stay, those that are left, how many of these are moves, and how
-- many good ones the user has then.
local function settle_links(links, gained, wanted)
    local staying, left, room = links.kept, links.lost, wanted - #links.kept - #gained
    while #staying > wanted do
        left[#left + 1] = table.remove(staying)
    end
    local moves = #left
    for at, proxy in ipairs(links.leaving) do
        if at > #links.leaving - room then
            staying[#staying + 1] = proxy
        else
            left[#left + 1], moves = proxy, moves + 1
        end
    end
    local good = #gained
    for _, proxy in ipairs(staying) do
        good = good + (proxy.stale and 0 or 1)
    end
    return staying, left, moves, good
end
