-- Gathers what one command can do for many members of a set: words behind the set's key.
local function gather(gathered, key, ...)
    local words = gathered[key] or {}
    gathered[key] = words
    for _, word in ipairs({ ... }) do
        words[#words + 1] = word
    end
end
