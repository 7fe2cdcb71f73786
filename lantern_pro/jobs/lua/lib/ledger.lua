-- The ledger's keys by name; they stand at the head of `rest` (lantern_pro/jobs/keys.py).
local function ledger(rest)
    return {
        due = rest[1],
        leased = rest[2],
        done = rest[3],
        dead = rest[4],
        by_id = rest[5],
        by_state = rest[6],
        by_created = rest[7],
        by_about = rest[8],
        lex_kind = rest[9],
        size = 9,
    }
end
