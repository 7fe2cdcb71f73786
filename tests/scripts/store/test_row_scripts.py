"""The scripts that write one row: an outcome a test, and one winner among two at once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from lantern_pro.store.scripts import Outcome, script

ROW, UNIQUE, BY = "{c0}:thing:1", "{c0}:thing@unique:name", "{c0}:thing@by:size"
CLAIM = json.dumps([["name", 1, "lamp"]])
ADD = json.dumps([["HSET", 1, "lamp", "1"], ["ZADD", 2, "5", "1"]])


@pytest.fixture(autouse=True)
def store(any_redis: redis.Redis) -> redis.Redis:
    """Every test here runs on both servers."""
    return any_redis


def insert(row: str = ROW, pk: str = "1") -> Outcome:
    """Insert a thing called lamp."""
    return script("store/insert_row")(
        row=row,
        rest=[UNIQUE, BY],
        pk=pk,
        pk_column="id",
        fields=json.dumps(["id", pk, "name", "lamp", "size", "5"]),
        claims=CLAIM,
        changes=ADD,
    )


def update(*, seen: dict[str, object], name: str = "torch") -> Outcome:
    """Rename the thing and forget its size."""
    return script("store/update_row")(
        row=ROW,
        rest=[UNIQUE, BY],
        pk="1",
        seen=json.dumps(seen),
        fields=json.dumps(["name", name]),
        missing=json.dumps(["size"]),
        claims=json.dumps([["name", 1, name]]),
        changes=json.dumps([["HDEL", 1, "lamp"], ["ZREM", 2, "1"], ["HSET", 1, name, "1"]]),
    )


def delete(*, seen: dict[str, object]) -> Outcome:
    """Delete the thing."""
    return script("store/delete_row")(
        row=ROW,
        rest=[UNIQUE, BY],
        seen=json.dumps(seen),
        changes=json.dumps([["HDEL", 1, "lamp"], ["ZREM", 2, "1"]]),
    )


def test_a_row_is_inserted_with_its_indexes(store: redis.Redis) -> None:
    assert insert() == ["saved"]
    assert store.hgetall(ROW) == {"id": "1", "name": "lamp", "size": "5"}
    assert store.hget(UNIQUE, "lamp") == "1"
    assert store.zscore(BY, "1") == 5


def test_a_taken_key_is_refused() -> None:
    insert()

    assert insert() == ["duplicate", "id"]


def test_a_taken_value_is_refused_and_nothing_changes(store: redis.Redis) -> None:
    insert()

    outcome = insert("{c0}:thing:2", "2")

    assert outcome == ["duplicate", "name"]
    assert not store.exists("{c0}:thing:2")
    assert store.hget(UNIQUE, "lamp") == "1"


def test_of_two_that_want_one_value_at_once_one_wins(real_redis: redis.Redis) -> None:
    del real_redis
    rows = [(f"{{c0}}:thing:{number}", str(number)) for number in range(2, 10)]

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda row: insert(*row), rows))

    assert sorted(outcomes) == [*7 * [["duplicate", "name"]], ["saved"]]


def test_a_row_is_updated_with_its_indexes(store: redis.Redis) -> None:
    insert()

    assert update(seen={"name": "lamp", "size": "5"}) == ["saved"]
    assert store.hgetall(ROW) == {"id": "1", "name": "torch"}
    assert store.hgetall(UNIQUE) == {"torch": "1"}
    assert not store.exists(BY)


@pytest.mark.parametrize("seen", [{"name": "old"}, {"name": False}, {"colour": "red"}])
def test_an_update_of_what_changed_meanwhile_is_refused(
    store: redis.Redis, seen: dict[str, object]
) -> None:
    insert()

    assert update(seen=seen) == ["changed"]
    assert store.hget(ROW, "name") == "lamp"


def test_an_update_of_what_is_gone_makes_nothing(store: redis.Redis) -> None:
    assert update(seen={}) == ["gone"]
    assert not store.exists(ROW)


def test_an_update_to_a_taken_value_is_refused(store: redis.Redis) -> None:
    insert()
    store.hset(UNIQUE, "torch", "7")

    assert update(seen={"name": "lamp"}) == ["duplicate", "name"]
    assert store.hget(ROW, "name") == "lamp"


def test_a_value_that_the_row_holds_itself_is_no_duplicate() -> None:
    insert()

    assert update(seen={"name": "lamp"}, name="lamp") == ["saved"]


def test_a_row_is_deleted_with_its_indexes(store: redis.Redis) -> None:
    insert()

    assert delete(seen={"name": "lamp"}) == ["deleted"]
    assert store.keys("*") == []


def test_a_row_that_changed_meanwhile_is_not_deleted(store: redis.Redis) -> None:
    insert()

    assert delete(seen={"name": "old"}) == ["changed"]
    assert store.exists(ROW)


def test_deleting_what_is_gone_says_so() -> None:
    assert delete(seen={}) == ["gone"]


def test_texts_are_selected_into_a_set_that_expires(store: redis.Redis) -> None:
    index, selected = "{c0}:thing@lex:name", "{c0}:query:abc"
    members = {f"name {number:04}\0{number}": 0 for number in range(2_500)}
    store.zadd(index, members)

    outcome = script("store/select_texts")(
        index=index, selected=selected, low=b"[name 0", high=b"(name 2", seconds=60
    )

    assert outcome == ["selected", 2_000]
    assert store.zcard(selected) == 2_000
    assert 0 < store.ttl(selected) <= 60
