"""A report as one page that needs nothing else: no script, no font, no picture from elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from devstack.reports.markup import Markup, element, together
from devstack.reports.parts import Cell, Figure, Goal, Section, Table
from devstack.reports.wording import in_words

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5c6775; --line: #d9dee5;
  --paper: #ffffff; --ground: #f3f5f8; --good: #00704f; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa5b3; --line: #343d4a;
  --paper: #1a2029; --ground: #12161c; --good: #4cc79a; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem 4rem; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 860px; margin: 0 auto; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.1rem; margin: 0 0 .8rem; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
  padding: 1.2rem 1.4rem; margin: 1.2rem 0; overflow-x: auto; }
.facts { color: var(--soft); margin: 0; }
code { font: .92em ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .36rem .6rem; border-bottom: 1px solid var(--line);
  vertical-align: top; }
th { color: var(--soft); font-weight: 600; font-size: .88rem; }
th:first-child, td:first-child, .words { text-align: left; }
tr:last-child td { border-bottom: 0; }
.met { color: var(--good); font-weight: 600; white-space: nowrap; }
.missed { color: var(--bad); font-weight: 600; white-space: nowrap; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg text.axis { fill: var(--soft); }
svg text.value { font-weight: 600; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
@media print { body { background: none; padding: 0; } section { break-inside: avoid; } }
"""


def page(
    told: Mapping[str, Any],
    *,
    figures: Sequence[Figure],
    goals: Sequence[Goal],
    sections: Sequence[Section],
) -> str:
    """The whole page; ``told`` is what stands in ``report.json``."""
    parts = [_head(told)]
    if goals:
        parts.append(element("section", element("h2", "Goals"), _goals(goals)))
    parts += [_section(section) for section in sections]
    if figures:
        parts.append(element("section", element("h2", "All figures"), _figures(figures)))
    title = str(told["title"])
    head = together(
        Markup('<meta charset="utf-8">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", title),
        Markup(f"<style>{STYLE}</style>"),
    )
    body = element("body", element("main", together(*parts)))
    return f'<!doctype html>\n<html lang="en">\n<head>\n{head}\n</head>\n{body}\n</html>\n'


def _head(told: Mapping[str, Any]) -> Markup:
    on = told["machine"]
    run = f"{told['started']}, took {told['seconds']} s, seed {told['seed']}"
    place = f"{on['processor']}, {on['cores']} cores, {on['memory_gib']} GiB, {on['system']}"
    facts = (run, f"{place}, Python {on['python']}")
    lines = [element("p", fact, class_="facts") for fact in facts]
    command = element("p", element("code", told["command"]), class_="facts")
    return element("header", element("h1", told["title"]), command, *lines)


def _section(section: Section) -> Markup:
    inside = [element("p", paragraph) for paragraph in section.paragraphs]
    if section.plot:
        inside.append(section.plot.drawn())
    if section.table:
        inside.append(_table(section.table))
    return element("section", element("h2", section.title), *inside)


def _goals(goals: Sequence[Goal]) -> Markup:
    rows = [
        _row(
            _cell(goal.name),
            _cell(goal.goal),
            element("td", in_words(goal.value)),
            element("td", "met", class_="met")
            if goal.met
            else element("td", "not met", class_="missed"),
        )
        for goal in goals
    ]
    names = element("th", "goal", class_="words"), element("th", "measured"), element("th")
    return element("table", _row(element("th", "what"), *names), *rows)


def _table(table: Table) -> Markup:
    first = table.rows[0] if table.rows else table.columns
    names = [
        element("th", name, class_="words") if isinstance(cell, str) else element("th", name)
        for name, cell in zip(table.columns, first, strict=True)
    ]
    rows = [_row(*(_cell(cell) for cell in row)) for row in table.rows]
    return element("table", _row(*names), *rows)


def _figures(figures: Sequence[Figure]) -> Markup:
    rows = [
        _row(_cell(figure.name), element("td", in_words(figure.value, figure.unit)))
        for figure in figures
    ]
    return element("table", *rows)


def _cell(value: Cell) -> Markup:
    if isinstance(value, str):
        return element("td", value, class_="words")
    return element("td", in_words(value))


def _row(*cells: Markup) -> Markup:
    return element("tr", *cells)
