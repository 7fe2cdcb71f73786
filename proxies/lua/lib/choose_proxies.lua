-- Appends candidates to `has` until it holds `wanted`: first those in places that are not taken
-- yet, then any. `places` are the places taken. Returns the ids of those appended.
local function choose_proxies(has, places, candidates, wanted)
    local gained, chosen = {}, {}
    for _, repeat_places in ipairs({ false, true }) do
        for _, proxy in ipairs(candidates) do
            local fits = not chosen[proxy.id] and (repeat_places or not places[proxy.place])
            if fits and #has < wanted then
                chosen[proxy.id], places[proxy.place] = true, true
                has[#has + 1], gained[#gained + 1] = proxy, proxy.id
            end
        end
    end
    return gained
end
