"""Values as texts of a row: nothing is lost, and numbers keep their order."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantern_pro.store.backend.encoding import Kind, decode, encode, lex_member, pk_of_member, tag

MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
VALUES = {
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE: st.dates(),
    Kind.DATETIME: MOMENTS,
    Kind.DECIMAL: st.decimals(allow_nan=False, allow_infinity=False, places=4),
    Kind.DURATION: st.timedeltas(),
    Kind.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    Kind.INTEGER: st.integers(),
    Kind.TEXT: st.text(),
    Kind.TIME: st.times(),
    Kind.UUID: st.uuids(),
}


@pytest.fixture(autouse=True)
def store() -> None:
    """No server is needed here."""


@pytest.mark.parametrize("kind", Kind)
def test_a_value_comes_back_as_it_went(kind: Kind) -> None:
    @given(VALUES[kind])
    def check(value: Any) -> None:
        assert decode(kind, encode(kind, value)) == value

    check()


@pytest.mark.parametrize("kind", [Kind.DATE, Kind.DATETIME, Kind.INTEGER, Kind.DURATION])
def test_numbers_keep_the_order_of_values(kind: Kind) -> None:
    @given(VALUES[kind], VALUES[kind])
    def check(one: Any, other: Any) -> None:
        assert (one < other) == (int(encode(kind, one)) < int(encode(kind, other)))

    check()


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (Kind.DATETIME, datetime(2025, 1, 1, tzinfo=UTC), "1735689600000"),
        (
            Kind.DATETIME,
            datetime(2025, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
            "1735689600000",
        ),
        (Kind.DATETIME, datetime(2025, 1, 1), "1735689600000"),  # noqa: DTZ001 - what is tried
        (Kind.DATETIME, datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "-1"),
        (Kind.DATE, date(1970, 1, 2), "86400000"),
        (Kind.DECIMAL, Decimal("1E+2"), "100"),
        (Kind.UUID, UUID(int=1), "00000000000000000000000000000001"),
        (Kind.BOOLEAN, 1, "1"),
    ],
)
def test_a_value_has_the_text_that_scripts_write(kind: Kind, value: Any, text: str) -> None:
    assert encode(kind, value) == text


def test_null_stays_null() -> None:
    assert decode(Kind.INTEGER, None) is None


def test_a_tag_has_fifty_two_bits_of_the_sha1() -> None:
    assert tag("active") == 0x2BB6B986C5D6F


@given(st.text(), st.integers(min_value=1))
def test_the_key_is_found_in_a_member_whatever_the_text(value: str, pk: int) -> None:
    assert pk_of_member(lex_member(value, str(pk))) == str(pk)
