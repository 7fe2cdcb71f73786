"""What a report is made of."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from devstack.reports.plots import Plot

Cell = float | str


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that was measured or counted."""

    name: str
    value: float | str
    unit: str


@dataclass(frozen=True, slots=True)
class Goal:
    """What was to be reached, in words, and what was."""

    name: str
    goal: str
    value: float | str
    met: bool

    def as_dict(self) -> dict[str, object]:
        """As it stands in ``report.json``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]

    def as_dicts(self) -> list[dict[str, Cell]]:
        """Each row by the names of the columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under a title: a plot, a table, or text."""

    title: str
    plot: Plot | None = None
    table: Table | None = None
    paragraphs: tuple[str, ...] = ()
