"""What the ORM reads over Redis: conditions, orders, pages, joins."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import redis
from django.db import NotSupportedError
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Lower

from lantern_pro.store.backend import selection, walk
from lantern_pro.store.backend.lookups import all_rows
from lantern_pro.store.backend.shape import shape_of
from tests.store_app.models import Book, Label, Note, Shelf

pytestmark = pytest.mark.usefixtures("books")


def numbers(found: "QuerySet[Book]") -> list[int]:
    """The volumes' numbers, in the order found."""
    return [int(book.title[-2:]) for book in found]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Q(subject="poems"), [0, 2, 4, 6, 8, 10]),
        (Q(subject__in=["maths", "cooking"]), [1, 3, 5, 7, 9, 11]),
        (Q(in_print=True), [0, 4, 8]),
        (~Q(in_print=True), [1, 2, 3, 5, 6, 7, 9, 10, 11]),
        (Q(price__gt=Decimal("2.25")), [10, 11]),
        (Q(price__range=(Decimal("0.5"), 1)), [2, 3, 4]),
        (Q(published__isnull=True), [0, 6]),
        (Q(published__lte=date(2003, 5, 1)), [1, 2, 3]),
        (~Q(published__lte=date(2003, 5, 1)), [0, 4, 5, 6, 7, 8, 9, 10, 11]),
        (Q(added__lt=datetime(2024, 12, 22, tzinfo=UTC)), [0, 1]),
        (Q(title="Volume 03"), [3]),
        (Q(title="volume 03"), []),
        (Q(title__iexact="volume 03"), [3]),
        (Q(title__startswith="Volume 1"), [10, 11]),
        (Q(title__startswith="volume 1"), []),
        (Q(title__istartswith="vOLUME 1"), [10, 11]),
        (Q(isbn="isbn-7"), [7]),
        (Q(isbn__in=["isbn-7", "isbn-99", "isbn-1"]), [1, 7]),
        (Q(shelf__name="Attic"), [0, 3, 6, 9]),
        (Q(shelf__name__icontains="ELL"), [1, 4, 7, 10]),
        (Q(shelf=None), [2, 5, 8, 11]),
        (Q(shelf__name__isnull=True), [2, 5, 8, 11]),
        (~Q(shelf__name="Attic"), [1, 2, 4, 5, 7, 8, 10, 11]),
        (Q(subject="poems", in_print=True), [0, 4, 8]),
        (Q(subject="maths") & ~Q(shelf=None) & Q(price__gte=1), [7, 9]),
        (Q(in_print=True) | Q(isbn="isbn-1"), [0, 1, 4, 8]),
        (~(Q(in_print=True) | Q(subject="maths")), [2, 6, 10]),
        (Q(title__istartswith="volume 0") & Q(in_print=True), [0, 4, 8]),
        (Q(pk__in=[]), []),
    ],
)
def test_a_condition_selects_what_sql_would(condition: Q, expected: list[int]) -> None:
    found = Book.objects.filter(condition)

    assert sorted(numbers(found)) == expected
    assert found.count() == len(expected)
    assert found.exists() == bool(expected)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("added", [0, 1, 2, 3]),
        ("-added", [11, 10, 9, 8]),
        ("title", [0, 1, 2, 3]),
        ("-title", [11, 10, 9, 8]),
        ("-price", [11, 10, 9, 8]),
        ("published", [1, 2, 3, 4]),
        ("-published", [11, 10, 9, 8]),
    ],
)
def test_an_indexed_column_orders_pages(order: str, expected: list[int]) -> None:
    assert numbers(Book.objects.order_by(order)[:4]) == expected


@pytest.mark.parametrize("order", ["added", "title", "-published", "price"])
def test_pages_of_a_filtered_list_join_without_gap_or_overlap(order: str) -> None:
    found = Book.objects.exclude(in_print=True).order_by(order)

    pages = [number for low in range(0, 12, 2) for number in numbers(found[low : low + 2])]

    assert pages == numbers(found)
    assert len(set(pages)) == 9


def test_rows_without_a_value_come_last() -> None:
    assert set(numbers(Book.objects.order_by("published"))[-2:]) == {0, 6}
    assert set(numbers(Book.objects.order_by("-published"))[-2:]) == {0, 6}


def test_a_reversed_list_is_the_list_backwards() -> None:
    assert numbers(Book.objects.order_by("added").reverse()[:2]) == [11, 10]


def test_references_are_read_along() -> None:
    found = Book.objects.select_related("shelf").order_by("added")[:3]

    assert [book.shelf.name if book.shelf else None for book in found] == ["Attic", "cellar", None]


def test_values_reach_over_a_reference() -> None:
    found = Book.objects.filter(in_print=True).order_by("added").values_list("isbn", "shelf__name")

    assert list(found) == [("isbn-0", "Attic"), ("isbn-4", "cellar"), ("isbn-8", None)]


def test_many_to_many_goes_both_ways() -> None:
    heavy, old = Label.objects.create(text="heavy"), Label.objects.create(text="old")
    first, second = Book.objects.order_by("added")[:2]
    first.labels.set([heavy, old])
    second.labels.add(heavy)

    assert numbers(Book.objects.filter(labels=heavy).order_by("added")) == [0, 1]
    assert numbers(Book.objects.filter(labels__text="old")) == [0]
    assert Book.objects.exclude(labels=heavy).count() == 10
    assert list(first.labels.order_by("text")) == [heavy, old]


def test_conditions_on_one_joined_row_are_about_the_same_row() -> None:
    heavy, old = Label.objects.create(text="heavy"), Label.objects.create(text="old")
    Book.objects.get(isbn="isbn-1").labels.set([heavy, old])

    same_row = Book.objects.filter(labels__text="heavy", labels__pk=old.pk)
    any_rows = Book.objects.filter(labels__text="heavy").filter(labels__pk=old.pk)

    assert numbers(same_row) == []
    assert numbers(any_rows) == [1]


def test_conditions_on_one_joined_row_that_cannot_be_kept_together_are_refused() -> None:
    scattered = Q(Q(labels__text="heavy") | Q(isbn="isbn-1"), labels__text="old")

    with pytest.raises(NotSupportedError, match="use a subquery"):
        Book.objects.filter(scattered).count()


def test_aggregates_that_an_index_serves_are_given() -> None:
    told = Book.objects.filter(subject="maths").aggregate(
        first=Min("added"),
        dearest=Max("price"),
        shelved=Count("shelf"),
        sold=Count("pk", filter=Q(in_print=True)),
    )

    assert told == {
        "first": datetime(2024, 12, 21, 12, tzinfo=UTC),
        "dearest": Decimal("2.75"),
        "shelved": 4,
        "sold": 0,
    }


def test_dates_are_found_by_skipping_through_the_index() -> None:
    assert list(Book.objects.datetimes("added", "month")) == [datetime(2024, 12, 1, tzinfo=UTC)]
    assert len(Book.objects.filter(subject="poems").datetimes("added", "day")) == 6
    assert list(Book.objects.dates("published", "year", order="DESC"))[:2] == [
        date(2011, 1, 1),
        date(2010, 1, 1),
    ]


def test_distinct_values_of_a_number_are_found() -> None:
    assert list(Book.objects.order_by().values_list("in_print", flat=True).distinct()) == [
        False,
        True,
    ]


def test_a_small_table_serves_any_condition_and_order() -> None:
    found = Shelf.objects.filter(name__endswith="c").order_by("-floor", "name")

    assert [shelf.name for shelf in found] == ["Attic"]


def test_a_small_table_beyond_its_limit_raises() -> None:
    small = replace(shape_of(Shelf), rows_at_most=1)

    with pytest.raises(NotSupportedError, match="more than 1 rows"):
        all_rows(small)


@pytest.mark.parametrize(
    "asked",
    [
        Book.objects.filter(pages=3),
        Book.objects.filter(title__contains="x"),
        Book.objects.order_by("subject"),
        Book.objects.order_by("pages"),
        Book.objects.order_by("in_print", "title"),
        Book.objects.order_by("shelf__name"),
        Book.objects.order_by("?"),
        Book.objects.annotate(low=Lower("title")),
        Book.objects.values("subject").annotate(Count("pk")),
        Book.objects.filter(isbn="a").union(Book.objects.filter(isbn="b")),
        Book.objects.extra(where=["1=1"]),
        Book.objects.raw("select 1"),
    ],
)
def test_what_no_index_serves_is_refused(asked: "QuerySet[Book]") -> None:
    with pytest.raises(NotSupportedError):
        list(asked)


def test_a_refusal_names_the_index_that_is_missing() -> None:
    with pytest.raises(NotSupportedError, match=r"store_app\.Book\.pages has no index .* db_index"):
        Book.objects.filter(pages=3).count()


def test_a_query_leaves_no_keys_behind(store: redis.Redis) -> None:
    list(Book.objects.filter(Q(in_print=True) | Q(title__istartswith="volume 1")).order_by("title"))
    Book.objects.exclude(subject="poems").count()
    list(Book.objects.filter(subject="poems").datetimes("added", "day"))

    assert list(store.scan_iter(match="*query:*")) == []


def test_a_key_in_words_is_a_key() -> None:
    Note.objects.create(slug="b")
    Note.objects.create(slug="a")

    assert [note.slug for note in Note.objects.order_by("pk")] == ["a", "b"]
    assert [note.slug for note in Note.objects.order_by("-pk")] == ["b", "a"]
    assert Note.objects.get(pk="a").body == ""


@pytest.mark.parametrize("budget", [0, 1, 6])
@pytest.mark.parametrize("sorted_in_memory", [1, 1_000])
@pytest.mark.parametrize("order", ["-title", "-added", "-price"])
def test_however_a_page_is_found_it_is_the_same(
    monkeypatch: pytest.MonkeyPatch, budget: int, sorted_in_memory: int, order: str
) -> None:
    monkeypatch.setattr(selection, "SORTED_IN_MEMORY", sorted_in_memory)
    monkeypatch.setattr(selection, "WALK_BUDGET", budget)
    monkeypatch.setattr(walk, "WALK", 3)

    found = Book.objects.filter(Q(subject="poems"), price__gt=0).order_by(order)

    assert numbers(found[1:3]) == [8, 6]
    assert numbers(found[4:9]) == [2]
    assert numbers(found) == [10, 8, 6, 4, 2]
