"""Plots as SVG that stands in the page itself: bars, lines, and how values are spread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from devstack.reports.drawing import (
    BOTTOM,
    HEIGHT,
    LABELS,
    LEGEND,
    ROW,
    TOP,
    VALUES,
    WIDTH,
    Axis,
    Frame,
    caption,
    colour,
    legend,
    picture,
    vertical_lines,
)
from devstack.reports.markup import Markup, element
from devstack.reports.scales import Scale, scale_for
from devstack.reports.wording import in_words


class Plot(Protocol):
    """Anything with a title that can be drawn."""

    @property
    def title(self) -> str:
        """What the plot shows."""

    def drawn(self) -> Markup:
        """The plot as an SVG element."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; those of one series share a colour."""

    label: str
    value: float
    series: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Values side by side, each with its name and its figure."""

    title: str
    unit: str
    bars: Sequence[Bar]
    logarithmic: bool = False

    def drawn(self) -> Markup:
        """One row a bar, from top to bottom."""
        series = list(dict.fromkeys(bar.series for bar in self.bars))
        key = legend(series, y=TOP)
        top = TOP + (LEGEND if key else 0)
        scale = scale_for(
            [bar.value for bar in self.bars],
            start=LABELS,
            end=WIDTH - VALUES,
            logarithmic=self.logarithmic,
        )
        bottom = top + ROW * len(self.bars)
        rows = [
            self._row(bar, y=top + ROW * position, scale=scale, colour=colour(series, bar.series))
            for position, bar in enumerate(self.bars)
        ]
        grid = vertical_lines(scale, top=top, bottom=bottom)
        unit = caption(self.unit, x=WIDTH - VALUES, y=bottom + 34, anchor="end", class_="axis")
        return picture(self.title, bottom + BOTTOM, [*key, *grid, *rows, unit])

    def _row(self, bar: Bar, *, y: float, scale: Scale, colour: str) -> Markup:
        end = scale.at(bar.value)
        middle = y + ROW / 2 + 4
        return element(
            "g",
            element("title", f"{bar.label} {bar.series}: {in_words(bar.value, self.unit)}"),
            caption(bar.label, x=LABELS - 8, y=middle, anchor="end"),
            element(
                "rect",
                x=scale.start,
                y=y + 4,
                width=max(end - scale.start, 1.0),
                height=ROW - 8,
                rx=2,
                fill=colour,
            ),
            caption(in_words(bar.value), x=end + 6, y=middle, class_="value"),
        )


@dataclass(frozen=True, slots=True)
class Lines:
    """How values change along an axis; one line a series."""

    title: str
    x: Axis
    y: Axis
    series: Mapping[str, Sequence[tuple[float, float]]]

    def drawn(self) -> Markup:
        """The lines, with a dot at each value that was measured."""
        names = list(self.series)
        points = [point for line in self.series.values() for point in line]
        key = legend(names, y=TOP)
        frame = Frame.around(points, x=self.x, y=self.y, top=TOP + (LEGEND if key else 0))
        lines = [
            part
            for name, line in self.series.items()
            for part in frame.line(name, sorted(line), colour=colour(names, name))
        ]
        return picture(self.title, HEIGHT, [*key, *frame.drawn(), *lines])


@dataclass(frozen=True, slots=True)
class Histogram:
    """How values are spread."""

    title: str
    x: Axis
    values: Sequence[float]
    columns: int = 30

    def drawn(self) -> Markup:
        """One column for each of the equal parts of the values' range."""
        low, high = min(self.values, default=0.0), max(self.values, default=1.0)
        width = (high - low) / self.columns or 1.0
        counts = [0] * self.columns
        for value in self.values:
            counts[min(int((value - low) / width), self.columns - 1)] += 1
        edges = [low + width * position for position in range(self.columns + 1)]
        corners = [(edges[0], 0.0), (edges[-1], float(max(counts)))]
        frame = Frame.around(corners, x=Axis(self.x.label), y=Axis("how many"), top=TOP)
        columns = [
            frame.column(left, left + width, count)
            for left, count in zip(edges[:-1], counts, strict=True)
            if count
        ]
        return picture(self.title, HEIGHT, [*frame.drawn(), *columns])
