-- How open proxies are ordered (docs/adr/0010-open-proxies-by-site.md): a score is the number of
-- the site, or of the area, times the span, plus the rank. The rank is the load, and half a span
-- more while the proxy is suspect. Returns the span, and the least rank of a suspect proxy.
local function ranks()
    return 2097152, 1048576
end
