--@include jobs/ledger
-- How many keys at the head of `rest` belong to the work: the ledger's, and two for the calling job
-- and for each job that follows. Behind them stand the script's own keys in number unknown.
local function size_of_work(rest, work)
    local decoded = cjson.decode(work)
    return ledger(rest).size + 2 * ((decoded.fence and 1 or 0) + #decoded.follow)
end
