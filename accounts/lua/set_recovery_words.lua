-- Gives an account recovery words in the place of those that it had.
-- KEYS  user        HASH    the account
--       words       STRING  the new words, by their slow hash -> user id
--       old_words   STRING  those that it has, or of a hash that is nobody's
--       notices     LIST    what all devices of the account are told
-- ARGV  user_id     the account
--       digest      the new words' slow hash
--       old_digest  that of the words that it has as read; empty for none
--       now         ms
--       notice      JSON {kind, at, way, device_id, name}; empty for none
-- -->   set           the old words are good for nothing
--       changed       it has other words than read; nothing changed
--       no_such_user  nothing changed
--@include accounts/tell_devices
local user, words, old_words, notices = unpack(KEYS)
local user_id, digest, old_digest, now, notice = unpack(ARGV)

if redis.call("EXISTS", user) == 0 then
    return { "no_such_user" }
end
if (redis.call("HGET", user, "words") or "") ~= old_digest then
    return { "changed" }
end
if old_digest ~= "" then
    redis.call("DEL", old_words)
end
redis.call("SET", words, user_id)
redis.call("HSET", user, "words", digest, "words_made", now)
tell_devices(notices, notice)
return { "set" }
