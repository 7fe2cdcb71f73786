-- What a proxy is to a user in `country` (empty: not known): "good", or why it is to be left:
-- "lost" (retired or down), "blocked" there, or "draining". Then its place and its provider.
local function standing(row, country)
    local state, health, blocked, code, city, provider = unpack(redis.call("HMGET", row, "state",
        "health", "blocked_countries", "country_code", "city", "provider"))
    local word = "good"
    if state ~= "active" and state ~= "draining" or health == "down" then
        word = "lost"
    elseif country ~= "" and string.find(blocked, '"' .. country .. '"', 1, true) then
        word = "blocked"
    elseif state == "draining" then
        word = "draining"
    end
    return word, tostring(code) .. "/" .. tostring(city), provider or ""
end
