-- Keeps the pointer to the mail that carried a purchase's receipt.
-- KEYS  purchase  HASH  the purchase
--       user      HASH  the buyer's account; may be erased
--       mails     LIST  the buyer's mails, the newest first
--       ...             the ledger's keys and the job's row
-- ARGV  mail_id   the sender's id of it; empty when nothing was sent
--       entry     JSON: {name, at, state, sender, id, why}; empty when there was nobody to write to
--       work      JSON: {fence, follow}
-- -->   recorded       the pointer is kept, unless the buyer is gone
--       already_done   the job had its effect before; nothing changed
--       superseded     another worker has the job; nothing changed
--@include accounts/keep_mail
--@include jobs/once
--@include jobs/emit
local purchase, user, mails = unpack(KEYS)
local mail_id, entry, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
if redis.call("EXISTS", user) == 1 then
    redis.call("HSET", purchase, "mail_id", mail_id)
end
if entry ~= "" then
    keep_mail(user, mails, entry)
end
emit(rest, work)
return { "recorded" }
