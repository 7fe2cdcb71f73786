"""Names of keys: each carries its cell, each is declared once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantern_pro.store import keys
from lantern_pro.store.keys import (
    MAX_CELLS,
    Key,
    Kind,
    Table,
    cell_of,
    declared_keys,
    declared_tables,
    new_id,
    split_cell,
    text_id,
)
from lantern_pro.types import Cell


@pytest.fixture(autouse=True)
def _declared_for_the_test_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test declares out of the register that other tests read."""
    monkeypatch.setattr(keys, "_declared", dict(keys._declared))


cells = st.integers(0, MAX_CELLS - 1).map(Cell)


@given(cells)
def test_a_new_id_carries_its_cell_and_fits_into_a_json_number(cell: Cell) -> None:
    made = new_id(cell)

    assert 0 < made < 1 << 53
    assert cell_of(made) == cell


@given(cells)
def test_an_id_in_words_carries_its_cell(cell: Cell) -> None:
    assert cell_of(text_id(cell, "greet.somebody")) == cell


def test_ids_are_not_sequential() -> None:
    made = [new_id(Cell(0)) for _ in range(100)]

    assert len(set(made)) == 100
    assert made != sorted(made)


@pytest.mark.parametrize("wrong", [0, -1, 1 << 53, "", "x", "c1", "c.a", "c0.a:b", "c0.{c1}"])
def test_what_carries_no_cell_is_refused(wrong: int | str) -> None:
    with pytest.raises(ValueError, match="is no id"):
        cell_of(wrong)


def test_a_key_begins_with_the_tag_of_the_cell_of_its_first_part() -> None:
    key = Key("test_thing:{user_id}:of:{day}", Kind.SET, "for a test")

    name = key(user_id=5 << 10 | 3, day="monday")

    assert name == "{c3}:test_thing:5123:of:monday"
    assert split_cell(name) == (3, "test_thing:5123:of:monday")
    assert key.matches("test_thing:5123:of:monday")
    assert not key.matches("test_thing:5123:of:monday:more")


@pytest.mark.parametrize("parts", [{}, {"user_id": 1024}, {"user_id": 1024, "day": 1, "x": 1}])
def test_a_key_takes_just_its_parts(parts: dict[str, Any]) -> None:
    key = Key("test_thing:{user_id}:of:{day}", Kind.SET, "for a test")

    with pytest.raises(ValueError, match="takes"):
        key(**parts)


def test_a_key_without_an_id_needs_to_be_told_its_cell() -> None:
    key = Key("test_all_things", Kind.SET, "for a test")

    with pytest.raises(ValueError, match="say which cell"):
        key()
    assert key(cell=Cell(7)) == "{c7}:test_all_things"


def test_a_pattern_is_declared_once() -> None:
    Key("test_twice", Kind.SET, "for a test")

    Key("test_twice", Kind.SET, "for a test")
    with pytest.raises(ValueError, match="declared twice"):
        Key("test_twice", Kind.HASH, "for another")


def test_the_indexes_of_a_table_are_told_from_its_rows() -> None:
    table = Table("test_row", "for a test")

    row, index = table.row(1 << 10), table.by("created", cell=Cell(0))

    matching = [key.pattern for key in declared_keys() if key.matches(split_cell(index)[1])]
    assert row == "{c0}:test_row:1024"
    assert matching == ["test_row@by:{column}"]


def test_a_key_of_no_cell_is_told() -> None:
    with pytest.raises(ValueError, match="cell's tag"):
        split_cell("celery")


def test_no_thread_finds_a_table_that_is_half_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []

    def key(*told: Any, **more: Any) -> Key:
        found.append("half" in declared_tables())
        return Key(*told, **more)

    monkeypatch.setattr(keys, "_tables", {})
    monkeypatch.setattr(keys, "Key", key)

    whole = Table("half", "a table for this test")

    assert found == [False] * 5
    assert declared_tables() == {"half": whole}
