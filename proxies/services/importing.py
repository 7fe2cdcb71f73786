"""Many proxies at once, from a list: everything is looked at first, and all are added, or none.

Importing the same list again adds nothing, so one that was interrupted is simply repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, cast

from lantern_pro.errors import LanternError
from lantern_pro.types import Cell, ProxyId
from proxies.entries import Fault, describe
from proxies.listings import Entry, Format, Unreadable, read_entries
from proxies.models import Proxy
from proxies.records import NewProxy, ProxyRecord, State
from proxies.services.changing import change_proxy, look_at_change, told_change
from proxies.services.fleet import add_proxy, check_proxy, check_same

Outcome = Literal["new", "changed", "there"]


class Differing(StrEnum):
    """What becomes of proxies that are there, but are not as a list says."""

    REFUSED = "refused"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one entry; ``proxy_id`` is None for one that is not added yet.

    ``differs`` tells of one that is changed what it is and what it is to be, field by field.
    """

    line: int
    name: str
    outcome: Outcome
    proxy_id: ProxyId | None
    differs: tuple[str, ...] = ()


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
    differs: tuple[str, ...] = ()


def look_at_list(
    cell: Cell, text: str, written: Format, differing: Differing = Differing.REFUSED
) -> Report:
    """Say what importing a list would do, and do nothing."""
    planned, faults = _plan(cell, text, written, differing)
    return Report([_line(each) for each in planned], faults, written=False)


def import_list(
    cell: Cell, text: str, written: Format, differing: Differing = Differing.REFUSED
) -> Report:
    """Add the proxies of a list that are not there, and change others where that is asked for.

    None when anything is wrong with any. What a list does not say of a proxy stays as it is.
    """
    planned, faults = _plan(cell, text, written, differing)
    if faults:
        return Report([_line(each) for each in planned], faults, written=False)
    lines: list[Line] = []
    for each in planned:
        try:
            lines.append(_carry_out(cell, each))
        except LanternError as error:  # somebody was faster with another proxy of this name
            fault = Fault(each.line, error.field or "", error.message)
            return Report(lines, [fault], written=bool(lines))
    return Report(lines, [], written=True)


def _carry_out(cell: Cell, planned: _Planned) -> Line:
    line, name = planned.line, planned.proxy.name
    if planned.there is not None and planned.differs:
        changed = change_proxy(planned.there, planned.proxy, why="by a list")
        differs, outcome = (planned.differs, "changed") if changed else ((), "there")
        return Line(line, name, cast("Outcome", outcome), planned.there.id, differs)
    added = add_proxy(cell, planned.proxy)
    return Line(line, name, "new" if added.new else "there", added.proxy_id)


def _plan(
    cell: Cell, text: str, written: Format, differing: Differing
) -> tuple[list[_Planned], list[Fault]]:
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
        try:
            planned.append(_planned(entry, proxy, there.get(proxy.name), differing))
        except LanternError as error:
            field = error.field or ""
            faults.append(Fault(entry.line_of(field), field, error.message))
    return planned, sorted(faults, key=lambda fault: fault.line)


def _planned(
    entry: Entry, proxy: NewProxy, known: ProxyRecord | None, differing: Differing
) -> _Planned:
    check_proxy(proxy)
    if known is None:
        return _Planned(entry.line, proxy, None)
    whole, _ = describe(entry, known.as_new())
    asked = whole or proxy
    if differing is Differing.REFUSED or known.state is State.RETIRED:
        check_same(known, asked)
        return _Planned(entry.line, asked, known)
    return _Planned(entry.line, asked, known, told_change(known, look_at_change(known, asked)))


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
    line, name, there = planned.line, planned.proxy.name, planned.there
    if there is None:
        return Line(line, name, "new", None)
    return Line(line, name, "changed" if planned.differs else "there", there.id, planned.differs)
