"""What a stand-in keeps, it keeps whole."""

from pathlib import Path

import pytest

from devstack.standin import Journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the journal is."""
    return tmp_path / "journal.jsonl"


def test_changes_are_there_again(path: Path) -> None:
    journal = Journal(path)
    with journal.change() as draft:
        draft.put({"id": "a", "object": "thing", "n": 1})
        draft.put({"id": "b", "object": "thing", "n": 1})
    with journal.change() as draft:
        draft.put({"id": "a", "object": "thing", "n": 2})
    journal.close()

    again = Journal(path)

    assert [(item["id"], item["n"]) for item in again.all("thing")] == [("a", 2), ("b", 1)]
    again.close()


def test_half_a_line_is_dropped_and_written_over(path: Path) -> None:
    journal = Journal(path)
    with journal.change() as draft:
        draft.put({"id": "a", "object": "thing"})
    journal.close()
    with path.open("a") as file:
        file.write('[{"id": "b", "obj')

    again = Journal(path)
    with again.change() as draft:
        draft.put({"id": "c", "object": "thing"})
    again.close()

    last = Journal(path)
    assert [item["id"] for item in last.all("thing")] == ["a", "c"]
    last.close()


def test_a_draft_that_fails_changes_nothing(path: Path) -> None:
    journal = Journal(path)

    with pytest.raises(ZeroDivisionError), journal.change() as draft:
        draft.put({"id": "a", "object": "thing", "n": 1 / 0})

    assert journal.get("a") is None
    assert path.read_text() == ""
    journal.close()


def test_what_was_read_from_a_draft_is_a_copy(path: Path) -> None:
    journal = Journal(path)
    with journal.change() as draft:
        draft.put({"id": "a", "object": "thing", "list": []})

    with journal.change() as draft:
        read = draft.get("a")
        assert read
        read["list"].append("unwritten")

    assert journal.all("thing")[0]["list"] == []
    journal.close()


def test_two_cannot_write_one_journal(path: Path) -> None:
    journal = Journal(path)

    with pytest.raises(BlockingIOError):
        Journal(path)

    journal.close()


def test_what_was_forgotten_is_gone_for_good_and_what_comes_then_is_kept(path: Path) -> None:
    journal = Journal(path)
    with journal.change() as draft:
        draft.put({"id": "a", "object": "thing"})

    journal.forget()

    assert (journal.all("thing"), journal.get("a")) == ([], None)
    with journal.change() as draft:
        draft.put({"id": "b", "object": "thing"})
    journal.close()
    again = Journal(path)
    assert [item["id"] for item in again.all("thing")] == ["b"]
    again.close()
