"""Lists of proxies as operators write them, in CSV, JSON or YAML: text -> entries. Pure.

An entry is a row of CSV under its header, an element of a JSON or YAML list, or a value of a JSON
or YAML map, whose key is the proxy's name. Values are texts, or lists or maps of texts, as they are
written. Every entry knows its line, and outside of CSV every field.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import yaml

MOST_ENTRIES: Final = 10_000
NULL: Final = "tag:yaml.org,2002:null"

Value = str | list[str] | dict[str, str]


class Format(StrEnum):
    """How a list is written."""

    CSV = "csv"
    JSON = "json"
    YAML = "yaml"


class Unreadable(Exception):
    """The text is no list of proxies at all; the message says what is wrong, and ``line`` where."""

    def __init__(self, line: int, message: str) -> None:
        """Keep where it is."""
        self.line = line
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of one proxy, and on which line; ``lines`` are those of its fields."""

    line: int
    fields: Mapping[str, Value]
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, name: str) -> int:
        """The line of a field, or of the entry where it has none."""
        return self.lines.get(name, self.line)


def format_of(file_name: str) -> Format | None:
    """The format by a file's name; None when it tells none."""
    ending = file_name.rpartition(".")[2].lower()
    return {"csv": Format.CSV, "json": Format.JSON, "yaml": Format.YAML, "yml": Format.YAML}.get(
        ending
    )


def read_entries(text: str, written: Format) -> list[Entry]:
    """Read a list of proxies; ``Unreadable``."""
    read = {Format.CSV: _read_csv, Format.JSON: _read_json, Format.YAML: _read_yaml}[written]
    try:
        entries = list(read(text.removeprefix("\ufeff")))
    except RecursionError:
        raise Unreadable(1, "There are too many levels in this.") from None
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(entries[MOST_ENTRIES].line, f"More than {MOST_ENTRIES} proxies at once.")
    return entries


def _read_csv(text: str) -> Iterator[Entry]:
    rows = csv.reader(io.StringIO(text), strict=True)
    header: list[str] | None = None
    start = 1
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                if header is None:
                    header = _header([cell.strip() for cell in row], start)
                else:
                    yield _csv_entry(header, row, start)
            start = rows.line_num + 1
    except csv.Error as error:
        raise Unreadable(rows.line_num or 1, f"This is no CSV: {error}.") from error


def _header(names: list[str], line: int) -> list[str]:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise Unreadable(line, f"The column {twice[0]!r} comes twice.")
    return names


def _csv_entry(header: list[str], row: list[str], line: int) -> Entry:
    if len(row) > len(header):
        raise Unreadable(line, f"{len(row)} cells under {len(header)} columns.")
    cells = zip(header, row, strict=False)
    return Entry(line, {name: cell.strip() for name, cell in cells if cell.strip()})


def _read_json(text: str) -> Iterator[Entry]:
    try:
        whole = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise Unreadable(line, f"This is no JSON: {error}.") from error
    # JSON is YAML but for tabs, which mean nothing here, and YAML's reader knows the lines. Its
    # values are JSON's: the two do not agree on every escape.
    values = list(whole.values() if isinstance(whole, dict) else whole)
    for entry, value in zip(_read_yaml(text.replace("\t", " ")), values, strict=True):
        told = {name: _of_json(value[name]) for name in entry.lines}
        yield Entry(entry.line, {**entry.fields, **told}, entry.lines)


def _of_json(value: Any) -> Value:
    match value:
        case None:
            return ""
        case list():
            return [str(each) for each in value]
        case dict():
            return {str(key): str(each) for key, each in value.items()}
    return str(value)


def _read_yaml(text: str) -> Iterator[Entry]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = f"This is no YAML: {getattr(error, 'problem', None) or 'it cannot be read'}."
        raise Unreadable(mark.line + 1 if mark else 1, message) from error
    match root:
        case None:
            return
        case yaml.SequenceNode():
            for node in root.value:
                yield _yaml_entry(node, {})
        case yaml.MappingNode():
            names: set[str] = set()
            for key, node in root.value:
                name = _text(key)
                if name in names:
                    raise Unreadable(_line(key), f"The proxy {name!r} comes twice.")
                names.add(name)
                yield _yaml_entry(node, {"name": name})
        case _:
            raise Unreadable(1, "This is no list of proxies.")


def _yaml_entry(node: yaml.Node, fields: dict[str, Value]) -> Entry:
    if not isinstance(node, yaml.MappingNode):
        raise Unreadable(_line(node), "This is no map of a proxy's fields.")
    lines: dict[str, int] = {}
    for key, value in node.value:
        name = _text(key)
        if name in lines:
            raise Unreadable(_line(key), f"The field {name!r} comes twice.")
        fields[name] = _value(value)
        lines[name] = _line(key)
    return Entry(_line(node), fields, lines)


def _value(node: yaml.Node) -> Value:
    """A field as it is written: in YAML ``NO`` would be false, and ``1:2`` sixty-two."""
    match node:
        case yaml.SequenceNode():
            return [_text(each) for each in node.value]
        case yaml.MappingNode():
            return {_text(key): _text(each) for key, each in node.value}
    return _text(node)


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise Unreadable(_line(node), "There are too many levels here.")
    return "" if node.tag == NULL else str(node.value)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
