"""Lists of proxies, as they are written."""

import json
from contextlib import suppress

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxies.listings import Format, Unreadable, format_of, read_entries

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
PROXIES = st.lists(
    st.dictionaries(
        st.sampled_from(["name", "addr", "city", "cert", "labels", "transport_settings"]),
        st.one_of(TEXTS, st.lists(TEXTS, max_size=3), st.dictionaries(TEXTS, TEXTS, max_size=3)),
        min_size=1,
    ),
    max_size=4,
)

PATIENTLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""On a busy machine an example may take long, and drawing some, too."""


@PATIENTLY
@given(PROXIES)
def test_what_is_written_in_json_is_read_word_for_word(proxies: list[dict[str, object]]) -> None:
    entries = read_entries(json.dumps(proxies, indent=1), Format.JSON)

    assert [dict(entry.fields) for entry in entries] == proxies


@PATIENTLY
@given(PROXIES)
def test_what_is_written_in_yaml_is_read_word_for_word(proxies: list[dict[str, object]]) -> None:
    entries = read_entries(yaml.safe_dump(proxies, allow_unicode=True), Format.YAML)

    assert [dict(entry.fields) for entry in entries] == proxies


def test_yaml_is_read_as_it_stands_there_and_not_as_it_might_be_meant() -> None:
    [entry] = read_entries("- {country_code: NO, addr: 1:2, capacity: 0x10, cert: }", Format.YAML)

    assert entry.fields == {"country_code": "NO", "addr": "1:2", "capacity": "0x10", "cert": ""}


def test_every_entry_and_field_knows_its_line() -> None:
    text = "# ours\n- name: one\n  addr: h:1\n\n- addr: h:2\n  labels:\n  - a\n  capacity: 5\n"

    one, two = read_entries(text, Format.YAML)

    assert (one.line, one.line_of("addr")) == (2, 3)
    assert (two.line, two.line_of("capacity"), two.line_of("name")) == (5, 8, 5)


def test_json_knows_its_lines_with_tabs_in_it_too() -> None:
    text = (
        '[\n\t{\n\t\t"name": "one\\ttab \\ud83d\\ude00",\n\t\t"capacity": 5, "cert": null\n\t}\n]'
    )

    [entry] = read_entries(text, Format.JSON)

    assert entry.fields == {"name": "one\ttab \U0001f600", "capacity": "5", "cert": ""}
    assert (entry.line, entry.line_of("capacity")) == (2, 4)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("pro-1: {addr: 'h:1'}\npro-2: {addr: 'h:2'}\n", Format.YAML),
        ('{"pro-1": {"addr": "h:1"}, "pro-2": {"addr": "h:2"}}', Format.JSON),
        ("name,addr\npro-1,h:1\n\npro-2,h:2\n", Format.CSV),
        ("\ufeffname,addr\r\n pro-1 , h:1\r\npro-2,h:2", Format.CSV),
    ],
)
def test_a_map_and_a_table_are_lists_too(text: str, written: Format) -> None:
    told = [dict(entry.fields) for entry in read_entries(text, written)]

    assert told == [{"name": "pro-1", "addr": "h:1"}, {"name": "pro-2", "addr": "h:2"}]


def test_a_row_of_csv_begins_on_the_line_where_its_first_cell_does() -> None:
    text = 'name,cert\none,"-----BEGIN\nline\n-----END"\n\ntwo,\n'

    one, two = read_entries(text, Format.CSV)

    assert (one.line, one.fields["cert"]) == (2, "-----BEGIN\nline\n-----END")
    assert (two.line, dict(two.fields)) == (6, {"name": "two"})


@pytest.mark.parametrize(
    ("text", "written", "line", "words"),
    [
        ("[\n{},\n}", Format.JSON, 3, "no JSON"),
        ("5", Format.JSON, 1, "no list of proxies"),
        ("[1]", Format.JSON, 1, "no map"),
        ('[{"a": 1,\n"a": 2}]', Format.JSON, 2, "'a' comes twice"),
        ("- a: [\n", Format.YAML, 2, "no YAML"),
        ("- {}\n- one\n", Format.YAML, 2, "no map"),
        ("words", Format.YAML, 1, "no list of proxies"),
        ("- a: 1\n  a: 2\n", Format.YAML, 2, "'a' comes twice"),
        ("- a:\n    b:\n      c: 1\n", Format.YAML, 3, "too many levels"),
        ("- a: &x [*x]\n", Format.YAML, 1, "too many levels"),
        ("\x00", Format.YAML, 1, "no YAML"),
        ("[" * 100_000, Format.JSON, 1, "too many levels"),
        ("[" * 5_000, Format.YAML, 1, "too many levels"),
        ("- ? [a]\n  : b\n", Format.YAML, 1, "too many levels"),
        ('{"one": {},\n"one": {}}', Format.JSON, 2, "'one' comes twice"),
        ("a,a\n", Format.CSV, 1, "'a' comes twice"),
        ("a,b\n1,2\n1,2,3\n", Format.CSV, 3, "3 cells under 2 columns"),
        ('a,b\n1,"2\n', Format.CSV, 2, "no CSV"),
        ("name\n" + "x\n" * 10_001, Format.CSV, 10_002, "More than 10000"),
    ],
)
def test_what_is_no_list_is_refused_with_its_line(
    text: str, written: Format, line: int, words: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_entries(text, written)

    assert refusal.value.line == line
    assert words in refusal.value.message


@pytest.mark.parametrize("written", [Format.CSV, Format.YAML])
def test_nothing_is_an_empty_list(written: Format) -> None:
    assert read_entries("\n", written) == []


@PATIENTLY
@given(st.text(max_size=60), st.sampled_from(Format))
def test_no_text_is_too_strange(text: str, written: Format) -> None:
    with suppress(Unreadable):
        assert all(entry.line >= 1 for entry in read_entries(text, written))


@pytest.mark.parametrize(
    ("name", "written"),
    [("a.CSV", Format.CSV), ("a.yml", Format.YAML), ("b.json", Format.JSON), ("-", None)],
)
def test_a_files_name_tells_how_it_is_written(name: str, written: Format | None) -> None:
    assert format_of(name) is written
