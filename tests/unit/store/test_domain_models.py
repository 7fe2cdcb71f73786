"""Domain models: rows in the cell of their key, read through the ORM, never written by it."""

from datetime import UTC, datetime

import pytest
import redis
from pytest_django import Settings

from lantern_pro.store.models import WrittenByServicesOnly
from tests.store_app.models import Parcel
from tests.unit.store.conftest import put_parcel


@pytest.fixture
def three_cells(settings: Settings) -> None:
    """Let the service have three cells."""
    settings.CELLS = 3


@pytest.fixture
def parcels(three_cells: None, store: redis.Redis) -> list[int]:
    """Nine parcels, one after the other in turn over the cells."""
    del three_cells
    return [
        put_parcel(store, number, cell=number % 3, address=f"Lane {number}" if number % 2 else None)
        for number in range(1, 10)
    ]


def test_a_row_is_found_in_the_cell_of_its_key(parcels: list[int]) -> None:
    found = Parcel.objects.get(pk=parcels[4])

    assert found.sent == datetime(2025, 1, 1, 0, 0, 0, 5_000, tzinfo=UTC)


def test_a_list_over_cells_is_merged_in_order(parcels: list[int]) -> None:
    assert [parcel.pk for parcel in Parcel.objects.all()] == parcels[::-1]
    assert [parcel.pk for parcel in Parcel.objects.order_by("sent")[4:7]] == parcels[4:7]
    assert [parcel.pk for parcel in Parcel.objects.filter(state="sent")[2:4]] == parcels[6:4:-1]


def test_counts_over_cells_add_up(parcels: list[int]) -> None:
    assert Parcel.objects.count() == len(parcels)
    assert Parcel.objects.filter(state="lost").count() == 0
    assert Parcel.objects.filter(address__istartswith="lane").count() == 5


def test_texts_over_cells_are_ordered_and_those_without_come_last(parcels: list[int]) -> None:
    found = [parcel.address for parcel in Parcel.objects.order_by("-address")]

    assert found == ["Lane 9", "Lane 7", "Lane 5", "Lane 3", "Lane 1", None, None, None, None]
    assert len(parcels) == len(found)


def test_rows_named_one_by_one_come_from_their_cells(parcels: list[int]) -> None:
    found = Parcel.objects.filter(pk__in=[parcels[0], parcels[1], 12345 << 10])

    assert {parcel.pk for parcel in found} == set(parcels[:2])


def test_a_key_that_is_no_id_names_nothing(parcels: list[int]) -> None:
    del parcels

    assert not Parcel.objects.filter(pk=-5).exists()


@pytest.mark.parametrize(
    "write",
    [
        lambda: Parcel(pk=1).save(),
        lambda: Parcel(pk=1).delete(),
        lambda: Parcel.objects.create(pk=1, sent=datetime.now(UTC)),
        lambda: Parcel.objects.bulk_create([Parcel(pk=1, sent=datetime.now(UTC))]),
        lambda: Parcel.objects.update(state="lost"),
        lambda: Parcel.objects.all().delete(),
    ],
    ids=["save", "delete", "create", "bulk_create", "update", "delete all"],
)
def test_every_way_of_writing_names_the_service_instead(write: object, store: redis.Redis) -> None:
    put_parcel(store, 1)

    with pytest.raises(WrittenByServicesOnly, match="the post office"):
        write()  # type: ignore[operator]

    assert Parcel.objects.filter(state="sent").count() == 1
