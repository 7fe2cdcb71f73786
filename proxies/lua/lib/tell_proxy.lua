-- Changes a proxy's token set and tells the proxy: `op` is admit or expel, `token` a SHA-256.
-- The set, its version and the stream's entry (whose id is the version) change together.
local function tell_proxy(proxy, op, token)
    redis.call(op == "admit" and "SADD" or "SREM", proxy.tokens, token)
    local version = redis.call("HINCRBY", proxy.row, "version", 1)
    redis.call("XADD", proxy.changes, "MAXLEN", "~", 10000, version .. "-0", "op", op, "token", token)
end
