"""Many proxies at once, from a list: everything is looked at first, and all are added, or none.

Importing the same list again adds nothing, so one that was interrupted is simply repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lantern_pro.errors import LanternError
from lantern_pro.types import Cell, ProxyId
from proxies.entries import Fault, describe
from proxies.listings import Entry, Format, Unreadable, read_entries
from proxies.models import Proxy
from proxies.records import NewProxy, ProxyRecord
from proxies.services.fleet import add_proxy, check_proxy, check_same

Outcome = Literal["new", "there"]


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one entry; ``proxy_id`` is None for one that is not added yet."""

    line: int
    name: str
    outcome: Outcome
    proxy_id: ProxyId | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a list does, or would do. With ``faults`` it does nothing."""

    lines: Sequence[Line]
    faults: Sequence[Fault]
    written: bool

    def count(self, outcome: Outcome) -> int:
        """How many entries come to this."""
        return sum(line.outcome == outcome for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Planned:
    line: int
    proxy: NewProxy
    there: ProxyRecord | None


def look_at_list(cell: Cell, text: str, written: Format) -> Report:
    """Say what importing a list would do, and do nothing."""
    planned, faults = _plan(cell, text, written)
    return Report([_line(each) for each in planned], faults, written=False)


def import_list(cell: Cell, text: str, written: Format) -> Report:
    """Add the proxies of a list that are not there; none when anything is wrong with any."""
    planned, faults = _plan(cell, text, written)
    if faults:
        return Report([_line(each) for each in planned], faults, written=False)
    lines: list[Line] = []
    for each in planned:
        try:
            added = add_proxy(cell, each.proxy)
        except LanternError as error:  # somebody was faster with another proxy of this name
            fault = Fault(each.line, error.field or "", error.message)
            return Report(lines, [fault], written=bool(lines))
        outcome: Outcome = "new" if added.new else "there"
        lines.append(Line(each.line, each.proxy.name, outcome, added.proxy_id))
    return Report(lines, [], written=True)


def _plan(cell: Cell, text: str, written: Format) -> tuple[list[_Planned], list[Fault]]:
    try:
        entries = read_entries(text, written)
    except Unreadable as error:
        return [], [Fault(error.line, "", error.message)]
    if not entries:
        return [], [Fault(1, "", "There is no proxy in this list.")]
    faults: list[Fault] = []
    described: list[tuple[Entry, NewProxy]] = []
    for entry in entries:
        proxy, wrong = describe(entry)
        faults += wrong
        if proxy is not None:
            described.append((entry, proxy))
    faults += _said_twice(described)
    there = Proxy.objects.named(cell, [proxy.name for _, proxy in described])
    planned = []
    for entry, proxy in described:
        known = there.get(proxy.name)
        try:
            check_proxy(proxy)
            if known is not None:
                check_same(known, proxy)
        except LanternError as error:
            field = error.field or ""
            faults.append(Fault(entry.line_of(field), field, error.message))
        planned.append(_Planned(entry.line, proxy, known))
    return planned, sorted(faults, key=lambda fault: fault.line)


def _said_twice(described: Sequence[tuple[Entry, NewProxy]]) -> list[Fault]:
    first: dict[tuple[str, str], int] = {}
    faults = []
    for entry, proxy in described:
        for field, value in (("name", proxy.name), ("addr", proxy.addr)):
            line = first.setdefault((field, value), entry.line)
            if line != entry.line:
                message = f"{value!r} stands on line {line} already."
                faults.append(Fault(entry.line_of(field), field, message))
    return faults


def _line(planned: _Planned) -> Line:
    there = planned.there
    return Line(
        planned.line,
        planned.proxy.name,
        "new" if there is None else "there",
        None if there is None else there.id,
    )
