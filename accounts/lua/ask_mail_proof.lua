-- Notes that a device wants to prove that its owner reads the mail of an address. What is written
-- and what follows is the same whether or not any account names the address.
-- KEYS  proof      HASH  the device that asks
--       earlier    HASH  the same device, for the address that it asked for before, if another
--       ...              the ledger's keys, then a row for each job that follows
-- ARGV  work       JSON: {follow: [...]}
--       nonce      of which the codes are made
--       address    keyed hash of the address
--       sealed     the address, encrypted
--       device     what the owner knows the device by
--       now        ms
--       life_ms    how long the codes are good
--       pause_ms   the least time between two mails
--       most_tries how many wrong codes may be sent; after that the codes are over
-- -->   asked      with new codes; those of another address, if still good, are put aside
--       asked_again  the codes stay, and are mailed again
--       known      they were mailed a moment ago; nothing changed
--@include jobs/emit
local proof, earlier = unpack(KEYS)
local work, nonce, address, sealed, device, now, life_ms, pause_ms, most_tries = unpack(ARGV)

local known, ends, mailed, used, tries = unpack(redis.call("HMGET", proof, "address", "until", "mailed", "used", "tries"))
local is_open = known and not used and tonumber(tries) < tonumber(most_tries)
local is_good = is_open and known == address
if is_good and now - mailed < tonumber(pause_ms) then
    return { "known" }
end
emit(rest, work)
if is_good and ends - now > life_ms / 2 then
    redis.call("HSET", proof, "mailed", now, "name", device)
    return { "asked_again" }
end
if is_open and not is_good then
    redis.call("RENAME", proof, earlier)
end
redis.call("DEL", proof)
redis.call("HSET", proof, "nonce", nonce, "address", address, "sealed", sealed, "name", device,
    "until", string.format("%.0f", now + life_ms), "mailed", now, "tries", 0, "doors", "[]")
redis.call("PEXPIRE", proof, life_ms)
return { "asked" }
