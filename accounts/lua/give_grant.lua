-- Gives one device, whichever comes with the nonce, the right to join an account once.
-- KEYS  user      HASH    the account
--       grant     STRING  empty, then the device that has joined by it
-- ARGV  life_ms   how long it may be used
-- -->   given     the grant is there
--       known     it was given before; nothing changed
--       no_such_user    nothing changed
local user, grant = unpack(KEYS)
local life_ms = unpack(ARGV)

if redis.call("EXISTS", user) == 0 then
    return { "no_such_user" }
end
if not redis.call("SET", grant, "", "NX", "PX", life_ms) then
    return { "known" }
end
return { "given" }
