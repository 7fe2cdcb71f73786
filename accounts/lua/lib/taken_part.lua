-- The part of a span of time (ms) that goes back with a part of the money, rounded down to the ms.
-- In two steps, because span times money is more than a double holds exactly; `back` is at least 0,
-- and of it no more than `of` counts.
local function taken_part(span, back, of)
    back = math.min(back, of)
    local whole, left = math.floor(span / of), span % of
    local high, low = math.floor(back / 10000), back % 10000
    local first, carried = math.floor(left * high / of), left * high % of
    return whole * back + first * 10000 + math.floor((carried * 10000 + left * low) / of)
end
