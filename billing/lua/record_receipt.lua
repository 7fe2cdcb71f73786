-- Keeps the pointer to the mail that carried a purchase's receipt.
-- KEYS  purchase  HASH  the purchase
--       ...             the ledger's keys and the job's row
-- ARGV  mail_id   Mandrill's id, or empty when there was nobody to write to
--       work      JSON: {fence, follow}
-- -->   recorded       the pointer is kept
--       already_done   the job had its effect before; nothing changed
--       superseded     another worker has the job; nothing changed
--@include jobs/once
--@include jobs/emit
local purchase = unpack(KEYS)
local mail_id, work = unpack(ARGV)

local refusal = once(rest, work)
if refusal then
    return refusal
end
redis.call("HSET", purchase, "mail_id", mail_id)
emit(rest, work)
return { "recorded" }
