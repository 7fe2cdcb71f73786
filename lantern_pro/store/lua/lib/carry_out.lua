-- Carries out one command for each set for which words were gathered (store/gather).
local function carry_out(command, gathered)
    for key, words in pairs(gathered) do
        redis.call(command, key, unpack(words))
    end
end
