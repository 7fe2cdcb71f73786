"""What the ORM writes over Redis: rows, indexes and uniqueness as one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import redis
from django.db import DataError, IntegrityError, NotSupportedError, connection, transaction
from django.db.models import F

from lantern_pro.store.audit import index_faults
from lantern_pro.types import Cell
from tests.store_app.models import Book, Label, Note, Seat, Shelf

MOMENT = datetime(2025, 1, 1, 12, 0, 0, 123_456, tzinfo=UTC)


def make(isbn: str = "one") -> Book:
    """Make a book."""
    return Book.objects.create(title="Straße", isbn=isbn, subject="poems", added=MOMENT)


def faults() -> list[str]:
    """What is wrong with any index of the test models."""
    models = (Book, Shelf, Label, Note, Seat, Book.labels.through)
    return [fault for model in models for fault in index_faults(model, Cell(0))]


def test_a_row_is_a_hash_of_texts_and_null_is_an_absent_field(store: redis.Redis) -> None:
    book = make()

    row = store.hgetall(f"{{c0}}:store_app_book:{book.pk}")

    assert row == {
        "id": str(book.pk),
        "title": "Straße",
        "isbn": "one",
        "subject": "poems",
        "in_print": "1",
        "added": "1735732800123",
        "price": "0",
        "extras": "{}",
    }


def test_moments_are_kept_in_milliseconds() -> None:
    make()

    assert Book.objects.get().added == MOMENT.replace(microsecond=123_000)


def test_the_index_of_a_choice_holds_the_tag_that_lua_computes(store: redis.Redis) -> None:
    book = make()
    tag = store.eval("return tonumber(string.sub(redis.sha1hex('poems'), 1, 13), 16)", 0)

    assert store.zscore("{c0}:store_app_book@by:subject", str(book.pk)) == tag


def test_texts_are_found_folded() -> None:
    make()

    assert Book.objects.filter(title__iexact="STRASSE").exists()


def test_a_duplicate_names_its_column_and_changes_nothing() -> None:
    make()

    with pytest.raises(IntegrityError, match="isbn"):
        make()

    assert Book.objects.count() == 1
    assert faults() == []


def test_a_pair_is_unique_together_and_may_be_moved() -> None:
    Seat.objects.create(row=1, place="a")
    other = Seat.objects.create(row=1, place="b")

    with pytest.raises(IntegrityError, match=r"row\+place"):
        Seat.objects.filter(pk=other.pk).update(place="a")
    other.row = 2
    other.save()

    assert Seat.objects.create(row=1, place="b").pk
    assert faults() == []


def test_a_unique_value_is_free_again_after_change_and_deletion() -> None:
    first = make("one")

    first.isbn = "two"
    first.save()
    make("one").delete()
    make("one")

    assert sorted(Book.objects.values_list("isbn", flat=True)) == ["one", "two"]
    assert faults() == []


def test_saving_one_value_leaves_the_others_that_changed_meanwhile() -> None:
    mine, theirs = make(), Book.objects.get()

    theirs.in_print = False
    theirs.save(update_fields=["in_print"])
    mine.title = "Renamed"
    mine.save(update_fields=["title"])

    assert Book.objects.filter(title="Renamed", in_print=False).exists()
    assert faults() == []


def test_a_value_becomes_null_and_leaves_its_index() -> None:
    seat = Seat.objects.create(row=1, place="a", taken_by="Rosa")

    seat.taken_by = None
    seat.save()

    assert Seat.objects.filter(taken_by__isnull=True).get() == seat
    assert faults() == []


def test_update_sets_every_row_selected() -> None:
    make("one")
    make("two")

    changed = Book.objects.filter(subject="poems").update(subject="maths", in_print=False)

    assert changed == 2
    assert Book.objects.filter(subject="maths", in_print=False).count() == 2
    assert faults() == []


def test_deletion_takes_row_indexes_and_links() -> None:
    book = make()
    book.labels.add(Label.objects.create(text="old"))

    book.delete()

    assert not Book.labels.through.objects.exists()
    assert faults() == []


def test_get_or_create_makes_once() -> None:
    made = [Shelf.objects.get_or_create(name="Attic")[1] for _ in range(2)]

    assert made == [True, False]


def test_bulk_create_numbers_each_and_can_pass_over_what_is_there() -> None:
    shelves = Shelf.objects.bulk_create([Shelf(name="a"), Shelf(name="b")])
    Shelf.objects.bulk_create([Shelf(name="b"), Shelf(name="c")], ignore_conflicts=True)

    assert len({shelf.pk for shelf in shelves}) == 2
    assert [shelf.name for shelf in Shelf.objects.order_by("name")] == ["a", "b", "c"]


def test_a_number_chosen_by_hand_is_passed_over() -> None:
    Shelf.objects.create(pk=1, name="by hand")

    assert Shelf.objects.create(name="next").pk == 2


def test_an_atomic_block_runs_but_takes_nothing_back() -> None:
    after: list[str] = []

    with pytest.raises(IntegrityError), transaction.atomic():
        Shelf.objects.bulk_create([Shelf(name="kept"), Shelf(name="kept")])
    with transaction.atomic():
        transaction.on_commit(lambda: after.append("done"))

    assert Shelf.objects.get().name == "kept"
    assert after == ["done"]


def test_a_computed_value_is_refused() -> None:
    Shelf.objects.create(name="a")

    with pytest.raises(NotSupportedError, match="CombinedExpression is not served"):
        Shelf.objects.update(floor=F("floor") + 1)


def test_sql_is_refused() -> None:
    with connection.cursor() as cursor, pytest.raises(NotSupportedError, match="takes no SQL"):
        cursor.execute("select 1")


def test_a_whole_number_that_an_index_cannot_hold_is_refused() -> None:
    with pytest.raises(DataError, match=r"2\*\*53"):
        Label.objects.create(pk=1 << 53, text="x")


def test_however_many_write_at_once_row_and_indexes_agree() -> None:
    book = make()

    def rename(number: int) -> int:
        return Book.objects.filter(pk=book.pk).update(title=f"Name {number}", isbn=f"n{number}")

    with ThreadPoolExecutor(4) as pool:
        changed = list(pool.map(rename, range(40)))

    assert changed == 40 * [1]
    assert faults() == []


def test_of_many_that_want_one_value_one_gets_it() -> None:
    def take(_: int) -> bool:
        return Shelf.objects.get_or_create(name="Attic")[1]

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(take, range(20)))

    assert made.count(True) == 1
    assert Shelf.objects.count() == 1


@pytest.mark.django_db
def test_a_test_that_asks_for_a_database_gets_the_store() -> None:
    make()

    assert Book.objects.count() == 1
