"""Forms of the stock admin: add, change, delete, and what is told afterwards."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from tests.admin.pages import errors_in, text_of
from tests.store_app.models import Book, Label, Shelf

BOOK = {
    "title": "A new book",
    "isbn": "new",
    "subject": "cooking",
    "in_print": "on",
    "published": "2024-02-29",
    "added_0": "2025-01-01",
    "added_1": "10:00:00",
    "price": "9.99",
    "extras": '{"a": 1}',
    "initial-extras": '{"a": 1}',
}


def test_a_record_is_added_with_all_its_values(client: Client) -> None:
    shelf = Shelf.objects.create(name="Attic")
    label = Label.objects.create(text="heavy")

    answer = client.post(
        "/stock/store_app/book/add/", {**BOOK, "shelf": shelf.pk, "labels": [label.pk]}, follow=True
    )

    book = Book.objects.get(isbn="new")
    assert "was added successfully" in answer.content.decode()
    assert (str(book.price), str(book.published), book.extras) == ("9.99", "2024-02-29", {"a": 1})
    assert (book.shelf, list(book.labels.all())) == (shelf, [label])


def test_a_duplicate_is_refused_beside_its_field(client: Client) -> None:
    client.post("/stock/store_app/book/add/", BOOK)

    answer = client.post("/stock/store_app/book/add/", BOOK)

    assert errors_in(answer.content) == ["Book with this Isbn already exists."]
    assert Book.objects.count() == 1


def test_invalid_values_are_refused_and_nothing_is_written(client: Client) -> None:
    wrong = {**BOOK, "price": "much", "subject": "astrology", "title": ""}

    answer = client.post("/stock/store_app/book/add/", wrong)

    assert len(errors_in(answer.content)) == 3
    assert not Book.objects.exists()


def test_a_change_is_kept_and_stands_in_the_history(client: Client) -> None:
    client.post("/stock/store_app/book/add/", BOOK)
    book = Book.objects.get()

    client.post(f"/stock/store_app/book/{book.pk}/change/", {**BOOK, "title": "Renamed"})

    assert Book.objects.get().title == "Renamed"
    history = text_of(client, f"/stock/store_app/book/{book.pk}/history/")
    assert "Changed Title." in history
    assert "Renamed" in text_of(client, "/stock/")


def test_a_changed_value_leaves_its_old_index_entry(client: Client) -> None:
    client.post("/stock/store_app/book/add/", BOOK)
    book = Book.objects.get()

    client.post(f"/stock/store_app/book/{book.pk}/change/", {**BOOK, "isbn": "other"})

    assert not Book.objects.filter(isbn="new").exists()
    assert Book.objects.get(isbn="other") == book


@pytest.mark.usefixtures("books")
def test_deletion_asks_first_and_takes_what_depends(client: Client) -> None:
    attic = Shelf.objects.get(name="Attic")
    path = f"/stock/store_app/shelf/{attic.pk}/delete/"

    asked = text_of(client, path)
    client.post(path, {"post": "yes"})

    assert "Volume 27" in asked
    assert not Shelf.objects.filter(name="Attic").exists()
    assert Book.objects.count() == 20


@pytest.mark.usefixtures("books")
def test_an_action_changes_the_rows_chosen(client: Client) -> None:
    chosen = list(Book.objects.filter(in_print=True).values_list("pk", flat=True)[:2])

    answer = client.post(
        "/stock/store_app/book/",
        {"action": "take_out_of_print", "_selected_action": chosen},
        follow=True,
    )

    assert "2 taken out of print" in answer.content.decode()
    assert Book.objects.filter(in_print=True).count() == 22


@pytest.mark.usefixtures("books")
def test_select_across_acts_on_every_page(client: Client) -> None:
    one = Book.objects.filter(subject="poems")[0].pk

    client.post(
        "/stock/store_app/book/?subject__exact=poems",
        {
            "action": "delete_selected",
            "_selected_action": [one],
            "select_across": "1",
            "post": "yes",
        },
    )

    assert Book.objects.count() == 15
    assert not Book.objects.filter(subject="poems").exists()


@pytest.mark.usefixtures("books")
def test_a_list_is_edited_in_place(client: Client) -> None:
    attic, cellar = Shelf.objects.get(name="Attic"), Shelf.objects.get(name="Cellar")
    form = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "2",
        "form-0-id": cellar.pk,
        "form-0-floor": "5",
        "form-1-id": attic.pk,
        "form-1-floor": "2",
        "_save": "Save",
    }

    client.post("/stock/store_app/shelf/", form)

    assert Shelf.objects.get(name="Cellar").floor == 5


def test_autocomplete_offers_what_matches(client: Client) -> None:
    Shelf.objects.create(name="Attic")
    Shelf.objects.create(name="Cellar")

    answer = client.get(
        "/stock/autocomplete/",
        {"app_label": "store_app", "model_name": "book", "field_name": "shelf", "term": "tt"},
    )

    assert [each["text"] for each in answer.json()["results"]] == ["Attic"]


def test_a_row_whose_key_is_a_word_has_its_pages(client: Client) -> None:
    client.post("/stock/store_app/note/add/", {"slug": "hello_there", "body": "first"})

    page = text_of(client, "/stock/store_app/note/hello_5Fthere/change/")

    assert "first" in page
    assert LogEntry.objects.get().object_id == "hello_there"


def test_a_page_of_what_is_not_there_leads_back_with_a_message(client: Client) -> None:
    answer = client.get("/stock/store_app/book/999/change/", follow=True)

    assert "doesn’t exist" in answer.content.decode()  # noqa: RUF001 - as Django writes it
