"""A library for the store's tests, on fakeredis and on the real server."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import redis

from lantern_pro.store import keys
from lantern_pro.store.backend.shape import shape_of
from lantern_pro.types import Cell
from tests.store_app.models import Book, Parcel, Shelf

START = datetime(2024, 12, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def store(any_redis: redis.Redis) -> redis.Redis:
    """Every test here runs on both servers."""
    return any_redis


@pytest.fixture
def books() -> list[Book]:
    """Twelve books, added one a day, on two shelves and on none."""
    shelves = [Shelf.objects.create(name="Attic"), Shelf.objects.create(name="cellar"), None]
    return [
        Book.objects.create(
            title=f"Volume {number:02}",
            isbn=f"isbn-{number}",
            subject=("poems", "maths")[number % 2],
            in_print=number % 4 == 0,
            published=None if number % 6 == 0 else date(2000 + number, 5, 1),
            added=START + timedelta(days=number),
            price=Decimal(number) / 4,
            shelf=shelves[number % 3],
        )
        for number in range(12)
    ]


def put_parcel(
    store: redis.Redis,
    number: int,
    *,
    cell: int = 0,
    state: str = "sent",
    address: str | None = None,
) -> int:
    """Write a parcel as a domain script would: the row, and each index by hand."""
    pk = number << keys.CELL_BITS | cell
    sent = 1_735_689_600_000 + number
    row = {"id": str(pk), "sent": str(sent), "state": state}
    if address is not None:
        row["address"] = address
    shape = shape_of(Parcel)
    store.hset(shape.row_key(str(pk)), mapping=row)  # type: ignore[arg-type]
    for entry in shape.entries(row):
        store.zadd(entry.key, {entry.member: float(entry.value)})
    assert shape.cell_of(str(pk)) == Cell(cell)
    return pk
