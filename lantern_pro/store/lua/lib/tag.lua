-- The number that stands for a word of a choice in an index: the first 52 bits of its SHA-1.
local function tag(word)
    return tonumber(string.sub(redis.sha1hex(word), 1, 13), 16)
end
