"""The laws of the store: what they find, and that they find nothing in a sound store."""

import json
from io import StringIO

import pytest
import redis
from django.core.management import CommandError, call_command

from lantern_pro.store.audit import all_index_faults, index_faults, undeclared_keys
from lantern_pro.types import Cell
from tests.store_app.models import Book, Note, Parcel
from tests.unit.store.conftest import put_parcel

CELL = Cell(0)
BOOK = "{c0}:store_app_book"


@pytest.mark.usefixtures("books")
def test_a_sound_store_has_no_faults(store: redis.Redis) -> None:
    put_parcel(store, 1, address="Lane 1")
    Note.objects.create(slug="word")

    assert list(all_index_faults(CELL)) == []
    assert list(undeclared_keys(CELL)) == []


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (("zrem", f"{BOOK}@by:id", "1"), "store_app.Book 1: "),
        (("zadd", f"{BOOK}@by:price", {"1": 99}), "store_app.Book 1: "),
        (("zrem", f"{BOOK}@lex:title", "volume 00\0" + "1"), "store_app.Book 1: "),
        (("hset", f"{BOOK}@unique:isbn", "isbn-0", "2"), "store_app.Book 1: "),
        (("delete", f"{BOOK}:1"), "is explained by no row"),
        (("zadd", f"{BOOK}@lex:title", {"other\0" + "1": 0}), "is explained by no row"),
        (("hset", f"{BOOK}@unique:isbn", "stale", "1"), "is explained by no row"),
        (("zadd", f"{BOOK}@by:published", {"1": 5}), "is explained by no row"),
        (("hset", f"{BOOK}:1", "id", "2"), "the row names another key"),
        (("hdel", f"{BOOK}:1", "id"), "the row names another key"),
    ],
    ids=[
        "row not listed",
        "wrong number",
        "text missing",
        "wrong holder",
        "row missing",
        "stale text",
        "stale unique value",
        "null indexed",
        "another key",
        "no key",
    ],
)
def test_damage_is_told(store: redis.Redis, damage: tuple[str, ...], told: str) -> None:
    command, *arguments = damage

    getattr(store, command)(*arguments)

    assert any(told in fault for fault in index_faults(Book, CELL))


def test_a_domain_row_that_an_index_lacks_is_told(store: redis.Redis) -> None:
    pk = put_parcel(store, 1)
    store.zrem("{c0}:test_parcel@by:state", str(pk))

    (fault,) = index_faults(Parcel, CELL)

    assert f"Parcel {pk}: {{c0}}:test_parcel@by:state has None" in fault


def test_keys_that_nobody_declared_are_told(store: redis.Redis) -> None:
    store.set("{c0}:mystery:1", "x")
    store.set("stray", "x")
    store.set(f"{BOOK}:7", "a row is a hash")
    store.set("cache:1:page", "fine")
    store.set("{c1}:mystery:1", "another cell's")

    faults = sorted(undeclared_keys(CELL))

    assert faults == [
        "stray carries no cell and is nobody's",
        "{c0}:mystery:1 matches no declared pattern",
        f"{BOOK}:7 is a string, declared as hash (store_app_book:{{pk}})",
    ]


def test_the_check_fails_when_a_key_is_nobodys(store: redis.Redis) -> None:
    store.set("{c0}:mystery:1", "x")
    told = StringIO()

    with pytest.raises(CommandError, match="1 keys"):
        call_command("redis_schema", "--check", stdout=told)

    assert "{c0}:mystery:1" in told.getvalue()


def test_the_schema_lists_every_pattern_with_its_meaning() -> None:
    page, data = StringIO(), StringIO()

    call_command("redis_schema", stdout=page)
    call_command("redis_schema", "--json", stdout=data)

    keys = json.loads(data.getvalue())["keys"]
    assert "| `query:{token}` | zset | a step of a running query" in page.getvalue()
    assert {"pattern", "type", "purpose", "ttl", "personal", "app"} == set(keys[0])
    assert all(key["purpose"] for key in keys)


def test_migrate_says_that_there_is_nothing_to_do() -> None:
    told = StringIO()

    call_command("migrate", stdout=told)

    assert "Nothing to migrate" in told.getvalue()


def test_preparing_twice_is_as_preparing_once() -> None:
    first, second = StringIO(), StringIO()

    call_command("prepare_store", stdout=first)
    call_command("prepare_store", stdout=second)

    assert first.getvalue() == second.getvalue() != ""
