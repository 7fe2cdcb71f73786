-- Gathers what one command can do for many members of a set: one word, or two, behind its key.
local function gather(gathered, key, first, second)
    local words = gathered[key]
    if not words then
        words = {}
        gathered[key] = words
    end
    words[#words + 1] = first
    words[#words + 1] = second
end
