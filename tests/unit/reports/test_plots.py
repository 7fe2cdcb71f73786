"""Plots: values stand where they belong, whatever they are."""

import math
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as some

from devstack.reports.drawing import Axis
from devstack.reports.plots import Bar, Bars, Histogram, Lines, Plot
from devstack.reports.scales import scale_for
from devstack.reports.wording import in_short, in_words

SVG = "{http://www.w3.org/2000/svg}"


def drawn(plot: Plot) -> ET.Element:
    """A plot as a browser reads it."""
    return ET.fromstring(plot.drawn())  # noqa: S314 - our own


def widths(plot: Bars) -> list[float]:
    """How long the bars are."""
    groups = drawn(plot).findall(f"{SVG}g")
    return [float(bar.get("width", "")) for group in groups for bar in group.iter(f"{SVG}rect")]


def test_a_bar_is_as_long_as_its_value() -> None:
    plot = Bars("Rates", "1/s", [Bar("ours", 1000.0), Bar("theirs", 250.0), Bar("none", 0.0)])

    ours, theirs, none = widths(plot)

    assert ours == pytest.approx(4 * theirs, rel=0.01)
    assert none == 1


def test_each_power_of_ten_is_as_long_on_a_logarithmic_scale() -> None:
    bars = [Bar("a", 10.0), Bar("b", 100.0), Bar("c", 1000.0)]

    first, second, third = widths(Bars("Rates", "1/s", bars, logarithmic=True))

    assert third - second == pytest.approx(second - first, rel=0.01)


def test_series_are_told_apart_by_colour_and_named() -> None:
    plot = drawn(Bars("Lost", "jobs", [Bar("rq", 1.0, "plain"), Bar("rq", 2.0, "keyed")]))

    colours = {bar.get("fill") for group in plot.findall(f"{SVG}g") for bar in group}
    assert len(colours - {None}) == 2
    assert {"plain", "keyed"} <= {text.text for text in plot.iter(f"{SVG}text")}


def test_a_line_passes_through_its_values_from_left_to_right() -> None:
    series = {"ours": [(1e6, 5.0), (1e3, 10.0)]}

    plot = drawn(Lines("Depth", Axis("jobs", logarithmic=True), Axis("1/s"), series))

    (line,) = plot.findall(f"{SVG}polyline")
    (x1, y1), (x2, y2) = (map(float, point.split(",")) for point in line.get("points", "").split())
    assert x1 < x2
    assert y1 < y2  # down is further from the top


def test_a_histogram_counts_every_value_once() -> None:
    plot = drawn(Histogram("Recovery", Axis("s"), [1.0, 1.0, 2.0, 9.0], columns=4))

    titles = [title.text or "" for title in plot.iter(f"{SVG}title")]
    assert sum(int(title.rpartition(": ")[2]) for title in titles) == 4


@pytest.mark.parametrize(
    "plot",
    [
        Bars("Nothing", "1/s", []),
        Bars("Zero", "1/s", [Bar("a", 0.0)], logarithmic=True),
        Lines("Nothing", Axis("x"), Axis("y"), {}),
        Lines("One", Axis("x"), Axis("y", logarithmic=True), {"a": [(0.0, 0.0)]}),
        Histogram("Nothing", Axis("s"), []),
        Histogram("One", Axis("s"), [3.0]),
    ],
    ids=lambda plot: f"{type(plot).__name__} {plot.title}",
)
def test_little_to_show_is_no_fault(plot: Plot) -> None:
    assert drawn(plot).get("role") == "img"


@given(some.lists(some.floats(-1e12, 1e12).filter(lambda each: abs(each) > 1e-9), min_size=1))
def test_a_linear_scale_holds_every_value_between_round_ticks(values: list[float]) -> None:
    scale = scale_for(values, start=0.0, end=100.0)

    assert scale.low <= min(0.0, *values, 0.0)
    assert scale.high >= max(values)
    assert all(0.0 <= scale.at(value) <= 100.0 for value in values)
    assert 2 <= len(scale.ticks()) <= 14


@given(some.lists(some.floats(1e-6, 1e12), min_size=1))
def test_a_logarithmic_scale_begins_and_ends_with_a_power_of_ten(values: list[float]) -> None:
    scale = scale_for(values, start=0.0, end=100.0, logarithmic=True)

    assert scale.low <= min(values) * (1 + 1e-9)
    assert scale.high >= max(values) * (1 - 1e-9)
    assert math.log10(scale.low) == pytest.approx(round(math.log10(scale.low)))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (24_512.4, "24,512 1/s"),
        (12, "12 1/s"),
        (1_000_000, "1,000,000 1/s"),
        (44.123, "44.1 1/s"),
        (0.03212, "0.0321 1/s"),
        (0.0000321, "3.21e-05 1/s"),
        (0.0, "0 1/s"),
        ("none", "none 1/s"),
    ],
)
def test_figures_are_written_as_people_read_them(value: float | str, words: str) -> None:
    assert in_words(value, "1/s") == words


@pytest.mark.parametrize(
    ("value", "words"), [(25_000.0, "25k"), (1e6, "1M"), (2e9, "2G"), (0.5, "0.5"), (0.0, "0")]
)
def test_an_axis_is_short_of_words(value: float, words: str) -> None:
    assert in_short(value) == words
