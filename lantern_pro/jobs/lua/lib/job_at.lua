--@include jobs/ledger
-- A job's own keys: behind the ledger's, each job has two, its row and its kind's set of due jobs.
local function job_at(rest, position, id)
    local before = ledger(rest).size + 2 * (position - 1)
    return { id = id, row = rest[before + 1], due = rest[before + 2] }
end
