-- Tells proxies what they must know besides whom to admit: whom they serve, and how they know a pass.
-- KEYS  cards        STRING  what all cards were made from
--       ...          the ledger's keys, the work's rows, then row and card of each proxy
-- ARGV  work         JSON: {fence: {id, epoch}, follow: [...]}
--       common       JSON object: what all cards say
--       shape        what the cards were made from, when these are the last of them; else empty
-- -->   published    the cards are written
--       already_done   nothing changed
--       superseded     nothing changed
--@include jobs/once
--@include jobs/emit
--@include jobs/size_of_work
local cards = unpack(KEYS)
local work, common, shape = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
for index = size_of_work(rest, work) + 1, #rest, 2 do
    local track = redis.call("HGET", rest[index], "track")
    if track then
        local card = cjson.decode(common)
        card.track = track
        redis.call("SET", rest[index + 1], cjson.encode(card))
    end
end
if shape ~= "" then
    redis.call("SET", cards, shape)
end
emit(rest, work)
return { "published" }
