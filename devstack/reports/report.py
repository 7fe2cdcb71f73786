"""A report while it is gathered, and its two files."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from devstack.reports.machine import machine
from devstack.reports.page import page
from devstack.reports.parts import Cell, Figure, Goal, Section, Table
from devstack.reports.plots import Plot


@dataclass(slots=True)
class Report:
    """What a command measured. Sections stand on the page in the order in which they were told."""

    title: str
    command: str
    seed: int
    figures: list[Figure] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    machine: dict[str, str | int | float] = field(default_factory=machine)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _start: float = field(default_factory=time.monotonic)

    def figure(self, name: str, value: float | str, unit: str = "") -> None:
        """Keep a figure; a name stands for one figure only."""
        if any(name == known.name for known in self.figures):
            message = f"the report has a figure {name!r} already"
            raise ValueError(message)
        self.figures.append(Figure(name, value, unit))

    def goal(self, name: str, *, goal: str, value: float | str, met: bool) -> None:
        """Keep what was to be reached, and whether it was."""
        self.goals.append(Goal(name, goal, value, met=met))

    def plot(self, plot: Plot) -> None:
        """Show a plot under its title."""
        self.sections.append(Section(plot.title, plot=plot))

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Show a table under a title; the first column names the row."""
        self.sections.append(Section(title, table=Table(tuple(columns), [tuple(r) for r in rows])))

    def note(self, title: str, *paragraphs: str) -> None:
        """Say something in plain text under a title."""
        self.sections.append(Section(title, paragraphs=paragraphs))

    @property
    def all_met(self) -> bool:
        """Whether every goal was met."""
        return all(goal.met for goal in self.goals)

    def as_dict(self) -> dict[str, object]:
        """What ``report.json`` holds."""
        return {
            "title": self.title,
            "command": self.command,
            "seed": self.seed,
            "started": self.started.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - self._start, 1),
            "machine": self.machine,
            "figures": {figure.name: figure.value for figure in self.figures},
            "units": {figure.name: figure.unit for figure in self.figures if figure.unit},
            "goals": [goal.as_dict() for goal in self.goals],
            "tables": {
                section.title: section.table.as_dicts()
                for section in self.sections
                if section.table
            },
        }

    def write(self, folder: Path) -> int:
        """Write both files; answers the command's exit status, 1 when a goal was not met."""
        folder.mkdir(parents=True, exist_ok=True)
        told = self.as_dict()
        text = json.dumps(told, indent=2, ensure_ascii=False)
        (folder / "report.json").write_text(f"{text}\n")
        (folder / "report.html").write_text(
            page(told, figures=self.figures, goals=self.goals, sections=self.sections)
        )
        return 0 if self.all_met else 1
