-- Chooses among the candidates until there are `wanted` with those `kept`: first such as stand in
-- places and at providers that are not taken yet, then in other places, then any; those that are
-- suspect only when there is nobody else. Returns the chosen.
local function choose_proxies(kept, candidates, wanted)
    local gained, chosen, places, providers = {}, {}, {}, {}
    for _, proxy in ipairs(kept) do
        places[proxy.place], providers[proxy.provider] = true, proxy.provider ~= ""
    end
    for pass = 0, 5 do
        local loose, suspect = pass % 3, pass > 2
        for _, proxy in ipairs(candidates) do
            local fits = (loose == 2 or not places[proxy.place]) and (loose > 0 or not providers[proxy.provider])
            if fits and proxy.suspect == suspect and not chosen[proxy.id] and #kept + #gained < wanted then
                gained[#gained + 1], chosen[proxy.id] = proxy, true
                places[proxy.place], providers[proxy.provider] = true, proxy.provider ~= ""
            end
        end
    end
    return gained
end
