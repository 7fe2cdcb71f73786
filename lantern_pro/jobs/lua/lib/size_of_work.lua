--@include jobs/ledger
-- How many keys at the head of `rest` belong to the work: the ledger's, the calling job's row, and
-- a row for each job that follows. Behind them stand the script's own keys in number unknown.
local function size_of_work(rest, work)
    local decoded = cjson.decode(work)
    return ledger(rest).size + (decoded.fence and 1 or 0) + #decoded.follow
end
