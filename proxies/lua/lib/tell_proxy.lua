--@include proxies/take_back
-- Changes a proxy's set of admissions and tells the proxy: `op` is admit or expel.
-- The set, its version and the stream's entry (whose id is the version) change together. `at` is
-- Redis's time in microseconds: by it a proxy tells this history from one that was lost.
local function tell_proxy(proxy, op, admission)
    local time = redis.call("TIME")
    take_back(proxy.admissions, "set")
    take_back(proxy.changes, "stream")
    redis.call(op == "admit" and "SADD" or "SREM", proxy.admissions, admission)
    local version = redis.call("HINCRBY", proxy.row, "version", 1)
    redis.call("XADD", proxy.changes, "MAXLEN", "~", 10000, version .. "-0",
        "op", op, "admission", admission, "at", string.format("%d%06d", time[1], time[2]))
end
