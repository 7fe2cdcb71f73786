-- Keeps the pointer to a mail, and ends the job that sent it.
-- KEYS  user    HASH  the account; may be erased
--       mails   LIST  the user's mails, the newest first
--       ...           the ledger's keys and the job's row
-- ARGV  entry   JSON: {name, at, state, sender, id, why}
--       work    JSON: {fence, follow}
-- -->   recorded       the pointer is kept, unless the user is gone
--       already_done   the job had its effect before; nothing changed
--       superseded     another worker has the job; nothing changed
--@include accounts/keep_mail
--@include jobs/once
--@include jobs/emit
local user, mails = unpack(KEYS)
local entry, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
keep_mail(user, mails, entry)
emit(rest, work)
return { "recorded" }
