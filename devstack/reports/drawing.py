"""What plots are made of: a picture, its frame and grid, words, a legend, colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from devstack.reports.markup import Markup, element
from devstack.reports.scales import Scale, scale_for
from devstack.reports.wording import in_short, in_words

WIDTH: Final = 760.0
HEIGHT: Final = 340.0
LEFT: Final = 64.0
RIGHT: Final = 20.0
TOP: Final = 14.0
BOTTOM: Final = 46.0
ROW: Final = 26.0
LABELS: Final = 230.0
VALUES: Final = 96.0
LEGEND: Final = 24.0

COLOURS: Final = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8a8a8a")
"""Told apart by people who see colours differently, too."""


@dataclass(frozen=True, slots=True)
class Axis:
    """What a direction means."""

    label: str
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Two axes, and what can be drawn between them."""

    x: Scale
    y: Scale
    x_label: str
    y_label: str

    @classmethod
    def around(
        cls,
        points: Sequence[tuple[float, float]],
        *,
        x: Axis,
        y: Axis,
        top: float,
    ) -> "Frame":
        """Axes that hold all points."""
        across = scale_for(
            [point[0] for point in points],
            start=LEFT,
            end=WIDTH - RIGHT,
            logarithmic=x.logarithmic,
        )
        up = scale_for(
            [point[1] for point in points],
            start=HEIGHT - BOTTOM,
            end=top,
            logarithmic=y.logarithmic,
        )
        return cls(across, up, x.label, y.label)

    def drawn(self) -> list[Markup]:
        """The grid and its labels."""
        rows = [
            element(
                "g",
                element(
                    "line",
                    x1=LEFT,
                    x2=WIDTH - RIGHT,
                    y1=self.y.at(tick),
                    y2=self.y.at(tick),
                    class_="grid",
                ),
                caption(in_short(tick), x=LEFT - 6, y=self.y.at(tick) + 4, anchor="end"),
            )
            for tick in self.y.ticks()
        ]
        middle = (self.y.start + self.y.end) / 2
        return [
            *vertical_lines(self.x, top=self.y.end, bottom=self.y.start),
            *rows,
            caption(self.x_label, x=WIDTH - RIGHT, y=HEIGHT - 10, anchor="end", class_="axis"),
            element(
                "text",
                self.y_label,
                transform=f"translate(14 {middle:.0f}) rotate(-90)",
                text_anchor="middle",
                class_="axis",
            ),
        ]

    def line(
        self, name: str, points: Sequence[tuple[float, float]], *, colour: str
    ) -> list[Markup]:
        """A line through points, and a dot with its values at each."""
        path = " ".join(f"{self.x.at(x):.1f},{self.y.at(y):.1f}" for x, y in points)
        dots = [
            element(
                "circle",
                element("title", f"{name}: {in_words(x)} → {in_words(y)}"),
                cx=self.x.at(x),
                cy=self.y.at(y),
                r=4,
                fill=colour,
            )
            for x, y in points
        ]
        return [element("polyline", points=path, stroke=colour, class_="line"), *dots]

    def column(self, left: float, right: float, count: int) -> Markup:
        """A column over a range of values."""
        return element(
            "rect",
            element("title", f"{in_words(left)} to {in_words(right)}: {count}"),
            x=self.x.at(left),
            y=self.y.at(count),
            width=max(self.x.at(right) - self.x.at(left) - 1, 1.0),
            height=self.y.start - self.y.at(count),
            fill=COLOURS[0],
        )


def picture(title: str, height: float, parts: Sequence[Markup]) -> Markup:
    """The whole plot; it grows and shrinks with the page."""
    return element(
        "svg",
        *parts,
        viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
        role="img",
        aria_label=title,
        xmlns="http://www.w3.org/2000/svg",
    )


def vertical_lines(scale: Scale, *, top: float, bottom: float) -> list[Markup]:
    """A line and its value at each tick."""
    return [
        element(
            "g",
            element("line", x1=scale.at(tick), x2=scale.at(tick), y1=top, y2=bottom, class_="grid"),
            caption(in_short(tick), x=scale.at(tick), y=bottom + 16, anchor="middle"),
        )
        for tick in scale.ticks()
    ]


def legend(names: Sequence[str], *, y: float) -> list[Markup]:
    """What each colour means; nothing where there is but one."""
    if len(names) < 2:  # noqa: PLR2004 - one needs no telling apart
        return []
    parts = []
    x = LEFT
    for name in names:
        parts.append(element("rect", x=x, y=y - 8, width=12, height=12, fill=colour(names, name)))
        parts.append(caption(name, x=x + 18, y=y + 3))
        x += 40 + 7.2 * len(name)
    return parts


def caption(
    text: str, *, x: float, y: float, anchor: str = "start", class_: str = "label"
) -> Markup:
    """Some words at a place."""
    return element("text", text, x=x, y=y, text_anchor=anchor, class_=class_)


def colour(names: Sequence[str], name: str) -> str:
    """The colour of one of several series."""
    return COLOURS[names.index(name) % len(COLOURS)]
