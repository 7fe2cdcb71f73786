-- The ledger's keys by name; they stand at the head of `rest` (lantern_pro/jobs/keys.py).
local named
local function ledger(rest)
    named = named or {
        leased = rest[1],
        done = rest[2],
        dead = rest[3],
        dropped = rest[4],
        meter = rest[5],
        by_id = rest[6],
        by_state = rest[7],
        by_created = rest[8],
        by_about = rest[9],
        lex_kind = rest[10],
        size = 10,
    }
    return named
end
