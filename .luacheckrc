-- What the Lua inside Redis 6.2 offers (`python -m devstack.lua_lint` runs luacheck with this).
std = "lua51"
read_globals = { "redis", "cjson", "cmsgpack", "bit", "KEYS", "ARGV" }
-- Unpacking KEYS and ARGV in one line is a script's signature, however many there are.
max_line_length = false
ignore = {
    "411", -- a script may name an argument as a fragment that it includes only through another
}
