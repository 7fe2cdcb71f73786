"""Lists of the stock admin: pages, search, filters, dates, ordering."""

import pytest
from django.db import NotSupportedError
from django.test import Client

from tests.admin.pages import text_of, titles
from tests.store_app.models import Book, Shelf

pytestmark = pytest.mark.usefixtures("books")


def test_a_list_shows_its_first_page_in_the_default_order(client: Client) -> None:
    shown = titles(client)

    assert shown == [f"{number:02}" for number in range(29, 19, -1)]


def test_the_second_page_goes_on_where_the_first_stopped(client: Client) -> None:
    shown = titles(client, "?p=2")

    assert shown == [f"{number:02}" for number in range(19, 9, -1)]


@pytest.mark.parametrize(
    ("column", "first", "last"),
    [("1", "00", "29"), ("7", "00", "29"), ("6", "00", "29")],
    ids=["text", "price", "moment"],
)
def test_a_column_orders_both_ways(client: Client, column: str, first: str, last: str) -> None:
    up = titles(client, f"?o={column}")
    down = titles(client, f"?o=-{column}")

    assert up[0] == first
    assert down[0] == last


def test_rows_without_a_value_come_last_in_both_orders(client: Client) -> None:
    up = titles(client, "?o=5&p=3")
    down = titles(client, "?o=-5&p=3")

    assert set(up[-3:]) == set(down[-3:]) == {"00", "10", "20"}


def test_search_finds_by_the_beginning_of_a_title(client: Client) -> None:
    assert titles(client, "?q=vol&p=3") == [f"{number:02}" for number in range(9, -1, -1)]
    assert titles(client, "?q=isbn-7") == ["07"]


def test_search_finds_by_number(client: Client) -> None:
    book = Book.objects.get(isbn="isbn-4")

    assert titles(client, f"?q={book.pk}") == ["04"]


def test_search_for_what_is_not_there_finds_nothing(client: Client) -> None:
    assert titles(client, "?q=zebra") == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("subject__exact=poems", 15),
        ("in_print__exact=0", 6),
        ("published__isnull=True", 3),
        ("published__gte=2010-01-01&published__lt=2015-01-01", 4),
        ("shelf__isnull=True", 10),
        ("subject__exact=maths&in_print__exact=0", 3),
        ("subject__exact=maths&in_print__exact=1&shelf__isnull=True", 4),
    ],
)
def test_filters_and_their_mix_select(client: Client, query: str, count: int) -> None:
    page = text_of(client, f"/stock/store_app/book/?{query}")

    assert f"{count} book" in page


def test_a_filter_by_reference_selects(client: Client) -> None:
    attic = Shelf.objects.get(name="Attic")

    assert titles(client, f"?shelf__id__exact={attic.pk}&o=1")[:3] == ["00", "03", "06"]


def test_filters_search_and_order_go_together(client: Client) -> None:
    shown = titles(client, '?subject__exact=poems&q="volume 1"&o=-1')

    assert shown == ["18", "16", "14", "12", "10"]


def test_filters_can_show_how_many_each_would_leave(client: Client) -> None:
    page = text_of(client, "/stock/store_app/book/?_facets=True")

    assert "Poems (15)" in page
    assert "Cooking (0)" in page


def test_dates_are_drilled_down_from_years_to_days(client: Client) -> None:
    years = text_of(client, "/stock/store_app/book/")
    months = text_of(client, "/stock/store_app/book/?added__year=2025")
    days = text_of(client, "/stock/store_app/book/?added__year=2025&added__month=1")

    assert "?added__year=2024" in years
    assert "?added__year=2025" in years
    assert "added__day=18" in months + days
    assert "added__day=19" not in days
    assert titles(client, "?added__year=2025&added__month=1&added__day=3") == ["14"]


def test_a_small_table_is_searched_anywhere_and_ordered_by_several_columns(client: Client) -> None:
    page = text_of(client, "/stock/store_app/shelf/?q=ella&o=2.1")
    whole = text_of(client, "/stock/store_app/shelf/")

    assert "Cellar" in page
    assert "Attic" not in page
    assert whole.index("Cellar") < whole.index("Attic")


def test_a_condition_without_an_index_names_the_index_that_is_missing(client: Client) -> None:
    with pytest.raises(NotSupportedError, match=r"Book\.pages has no index that serves exact"):
        client.get("/stock/store_app/book/?pages=3")
