-- A moment (ms) plus calendar months and days, in UTC. The day of the month is kept where the new
-- month has it, else the month's last day: 31 January + 1 month = 28 or 29 February.
-- Civil dates from day counts by the era method (400 years = 146,097 days, March-based years).
local function add_calendar(moment_ms, months, days)
    local day_ms = 86400000
    local count = math.floor(moment_ms / day_ms)
    local shifted = count + 719468
    local era = math.floor(shifted / 146097)
    local of_era = shifted - era * 146097
    local year_of_era = math.floor((of_era - math.floor(of_era / 1460) + math.floor(of_era / 36524)
        - math.floor(of_era / 146096)) / 365)
    local of_year = of_era - (365 * year_of_era + math.floor(year_of_era / 4)
        - math.floor(year_of_era / 100))
    local march_month = math.floor((5 * of_year + 2) / 153)
    local day = of_year - math.floor((153 * march_month + 2) / 5) + 1
    local month = march_month < 10 and march_month + 3 or march_month - 9
    local year = year_of_era + era * 400 + (month <= 2 and 1 or 0)

    local all_months = year * 12 + month - 1 + months
    year, month = math.floor(all_months / 12), all_months % 12 + 1
    local leap = (year % 4 == 0 and year % 100 ~= 0) or year % 400 == 0
    local lengths = { 31, leap and 29 or 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
    day = math.min(day, lengths[month])

    local march_year = month <= 2 and year - 1 or year
    era = math.floor(march_year / 400)
    year_of_era = march_year - era * 400
    of_year = math.floor((153 * (month + (month > 2 and -3 or 9)) + 2) / 5) + day - 1
    of_era = year_of_era * 365 + math.floor(year_of_era / 4) - math.floor(year_of_era / 100)
        + of_year
    return (era * 146097 + of_era - 719468 + days) * day_ms + moment_ms % day_ms
end
