"""The time that an invoice's period is, in calendar months and days."""

import calendar
from datetime import datetime, timedelta
from typing import Final

from lantern_pro import clock
from lantern_pro.types import Millis

_DAY: Final = timedelta(days=1)


def time_between(start: Millis, end: Millis, *, months: int) -> tuple[int, int]:
    """The months of a plan, and the days that they leave; days alone where it is shorter than they.

    A period from 28 February may last to 31 March, because the first began on a 31st. One that is
    shorter than the plan, as of a trial or until a day that was agreed on, gives its own days, a
    day that is begun among them.
    """
    begun, ended = clock.as_datetime(start), clock.as_datetime(end)
    after = _months_later(begun, months)
    if ended <= after - _DAY:
        return 0, -((begun - ended) // _DAY)
    return months, max(0, (ended - after) // _DAY)


def _months_later(begun: datetime, months: int) -> datetime:
    year, month = divmod(begun.year * 12 + begun.month - 1 + months, 12)
    day = min(begun.day, calendar.monthrange(year, month + 1)[1])
    return begun.replace(year=year, month=month + 1, day=day)
