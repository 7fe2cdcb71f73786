-- Keeps the pointer to a mail at the head of a user's list, which holds the newest 50.
local function keep_mail(mails, entry)
    redis.call("LPUSH", mails, entry)
    redis.call("LTRIM", mails, 0, 49)
end
