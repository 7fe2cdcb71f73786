"""A report: what machines read, what people see, and how the command ends."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from devstack.reports.drawing import Axis
from devstack.reports.plots import Bar, Bars, Histogram, Lines
from devstack.reports.report import Report


def report() -> Report:
    """A report with one of everything."""
    made = Report("Jobs & rates", command="make bench-jobs SEED=7", seed=7)
    made.figure("run rate", 24_512.4, "1/s")
    made.goal("over <Celery>", goal="at least 20", value=44.1, met=True)
    made.plot(Bars("Rates", "1/s", [Bar("ours", 24_512.4), Bar("theirs", 590.0)]))
    made.plot(Lines("Depth", Axis("jobs", logarithmic=True), Axis("1/s"), {"ours": [(1e3, 9.0)]}))
    made.plot(Histogram("Recovery", Axis("s"), [1.0, 2.0, 2.5]))
    made.table("Peers", ["who", "lost"], [["ours", 0], ["theirs", 3]])
    made.note("How", "It was <measured>.")
    return made


def test_machines_read_what_was_told(tmp_path: Path) -> None:
    report().write(tmp_path)

    told = json.loads((tmp_path / "report.json").read_text())
    assert told["command"] == "make bench-jobs SEED=7"
    assert told["seed"] == 7
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", told["started"])
    assert told["machine"]["cores"] >= 1
    assert told["figures"] == {"run rate": 24_512.4}
    assert told["units"] == {"run rate": "1/s"}
    assert told["goals"] == [
        {"name": "over <Celery>", "goal": "at least 20", "value": 44.1, "met": True}
    ]
    assert told["tables"] == {"Peers": [{"who": "ours", "lost": 0}, {"who": "theirs", "lost": 3}]}


def test_people_see_every_part_and_the_page_needs_nothing_else(tmp_path: Path) -> None:
    report().write(tmp_path)

    page = (tmp_path / "report.html").read_text()
    body = ET.fromstring(page[page.index("<body>") : page.index("</html>")])  # noqa: S314 - our own
    seen = " ".join(body.itertext())
    titles = [heading.text for heading in body.iter("h2")]
    assert titles == ["Goals", "Rates", "Depth", "Recovery", "Peers", "How", "All figures"]
    assert "Jobs & rates" in seen
    assert "It was <measured>." in seen
    assert "24,512 1/s" in seen
    assert len(body.findall(".//{http://www.w3.org/2000/svg}svg")) == 3
    assert not re.search(r"<script|<link|<img|src=|href=|@import|url\(", page)


@pytest.mark.parametrize(("met", "status", "word"), [(True, 0, "met"), (False, 1, "not met")])
def test_the_command_ends_by_whether_its_goals_were_met(
    *, met: bool, status: int, word: str, tmp_path: Path
) -> None:
    made = report()
    made.goal("flat", goal="at most 1.2", value=1.3, met=met)

    ended = made.write(tmp_path)

    assert ended == status
    assert f">{word}</td>" in (tmp_path / "report.html").read_text().split("flat")[1]


def test_a_figure_is_told_once() -> None:
    made = report()

    with pytest.raises(ValueError, match="'run rate' already"):
        made.figure("run rate", 1.0)


def test_a_report_without_figures_is_a_page_too(tmp_path: Path) -> None:
    ended = Report("Nothing", command="make nothing", seed=0).write(tmp_path)

    assert ended == 0
    assert "<h1>Nothing</h1>" in (tmp_path / "report.html").read_text()
