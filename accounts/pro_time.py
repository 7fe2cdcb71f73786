"""What a ledger of Pro time comes to. Pure; the scripts do the same by ``accounts/replay_time``.

The entries alone decide, and not the order in which they were learnt:

- They are gone through in the order of their moments. At one moment purchases come first, then
  what goes with them, and takings last; a taking comes after all that it takes from.
- A gift of time (a purchase, a bonus) begins at the later of its moment and the end of what was
  there. So time that has run out does not count, and neither does a debt.
- A taking shortens all that was given because of the same purchase by the part of the money that is
  back, over all takings together, rounded down to the millisecond. Restoring lengthens it again.
"""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from accounts.managers import TimeEntry
from lantern_pro.types import Millis

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR: Final = 12
_RANKS: Final = {"purchase": 0, "renewal_bonus": 1, "promotion": 2}
_GIFT: Final = 3
_TAKING: Final = 4


@dataclass(frozen=True, slots=True)
class Explained:
    """What a ledger comes to.

    ``spans`` are ms by fact; ``owed_ms`` is the time that had been used already when it was taken
    back, as long as nothing began anew since: the negative balance. ``device_limit`` is how many
    devices the latest purchase that says so, and was not wholly taken back, is for; or 0.
    """

    expiration: Millis
    spans: dict[str, int]
    owed_ms: int
    device_limit: int


@dataclass(slots=True)
class _Gift:
    span: int
    device_limit: int
    taken: int = 0


def replay(entries: Iterable[TimeEntry]) -> Explained:
    """Go through a ledger, in whatever order it comes."""
    expiration = owed = 0
    spans: dict[str, int] = {}
    gifts: list[_Gift] = []
    given: defaultdict[str, list[_Gift]] = defaultdict(list)
    back: defaultdict[str, int] = defaultdict(int)
    for entry in _in_order(list(entries)):
        if entry.is_taking:
            back[entry.because] += entry.back
            part = min(max(back[entry.because], 0), entry.of)
            change = 0
            for gift in given[entry.because]:
                taken = gift.span * part // entry.of
                change += gift.taken - taken
                gift.taken = taken
            used = max(0, min(entry.at, expiration) - (expiration + change))
            owed = owed + used if change < 0 else max(0, owed - change)
            spans[entry.fact] = change
            expiration += change
        else:
            if entry.at > expiration:
                owed = 0
            start = max(expiration, entry.at)
            expiration = _later(start, entry.months, entry.days)
            spans[entry.fact] = expiration - start
            gift = _Gift(expiration - start, entry.device_limit)
            given[entry.because].append(gift)
            gifts.append(gift)
    limits = [each.device_limit for each in gifts if each.device_limit and each.taken < each.span]
    return Explained(Millis(expiration), spans, owed, limits[-1] if limits else 0)


def _in_order(entries: list[TimeEntry]) -> list[TimeEntry]:
    latest: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        if not entry.is_taking:
            latest[entry.because] = max(latest[entry.because], entry.at)

    def place(entry: TimeEntry) -> tuple[int, int, str]:
        if entry.is_taking:
            return max(entry.at, latest[entry.because]), _TAKING, entry.fact
        return entry.at, _RANKS.get(entry.kind, _GIFT), entry.fact

    return sorted(entries, key=place)


def _later(moment: int, months: int, days: int) -> int:
    """A moment (ms) plus calendar months and days; the last day of a shorter month, if need be."""
    begins = _EPOCH + timedelta(milliseconds=moment)
    year, month = divmod(begins.year * _YEAR + begins.month - 1 + months, _YEAR)
    day = min(begins.day, calendar.monthrange(year, month + 1)[1])
    ends = begins.replace(year=year, month=month + 1, day=day) + timedelta(days=days)
    return (ends - _EPOCH) // timedelta(milliseconds=1)
