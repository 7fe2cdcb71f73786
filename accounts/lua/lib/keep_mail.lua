-- Keeps the pointer to a mail at the head of a user's list, which holds the newest 50; of a user
-- who has been erased nothing is kept.
local function keep_mail(user, mails, entry)
    if redis.call("EXISTS", user) == 0 then
        return
    end
    redis.call("LPUSH", mails, entry)
    redis.call("LTRIM", mails, 0, 49)
end
