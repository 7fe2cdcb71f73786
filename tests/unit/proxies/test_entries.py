"""What a list says of one proxy."""

import pytest

from proxies.entries import describe
from proxies.listings import Entry
from proxies.records import NewProxy, Place, State, Track

FULL = {
    "name": "pro-ams-1",
    "addr": "192.0.2.1:443",
    "track": "Pro",
    "capacity": "250",
    "state": "provisioning",
    "provider": "Host & Co",
    "labels": "batch-7, spare",
    "blocked_countries": "ir CN",
    "city": "Amsterdam",
    "country": "Netherlands",
    "country_code": "nl",
    "latitude": "52.37",
    "longitude": "4.9",
    "transport": "obfs4-tcp",
    "transport_settings": '{"iat-mode": 0}',
    "cert": "abc",
    "auth_token": "secret",
}


def _faults(**fields: str) -> list[tuple[str, str]]:
    proxy, faults = describe(Entry(3, {"addr": "h:1", **fields}))
    assert proxy is None
    assert {fault.line for fault in faults} == {3}
    return [(fault.field, fault.message) for fault in faults]


def test_every_field_is_read() -> None:
    proxy, faults = describe(Entry(2, FULL))

    assert faults == []
    assert proxy == NewProxy(
        name="pro-ams-1",
        addr="192.0.2.1:443",
        track=Track.PRO,
        capacity=250,
        state=State.PROVISIONING,
        provider="Host & Co",
        labels=["batch-7", "spare"],
        blocked_countries=["CN", "IR"],
        place=Place(
            city="Amsterdam",
            country="Netherlands",
            country_code="NL",
            latitude=52.37,
            longitude=4.9,
        ),
        transport="obfs4-tcp",
        transport_settings={"iat-mode": "0"},
        cert="abc",
        auth_token="secret",
    )


def test_the_address_alone_is_enough() -> None:
    proxy, _ = describe(Entry(2, {"addr": "192.0.2.1:443", "track": "free"}))

    assert proxy is not None
    assert (proxy.name, proxy.capacity, proxy.state) == (
        "fallback-192.0.2.1",
        100,
        State.ACTIVE,
    )


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("track", "paid", "none of free, pro"),
        ("state", "asleep", "none of provisioning"),
        ("capacity", "many", "no whole number"),
        ("capacity", "-5", "no whole number"),
        ("capacity", "1" * 30, "no whole number"),
        ("latitude", "north", "no number of degrees"),
        ("transport_settings", "[]", "to be a map"),
        ("transport_settings", "iat=0", "to be a map"),
        ("city", "Ams\x1bterdam", "nobody can see"),
        ("adress", "h:1", "did you mean 'addr'?"),
        ("zzz", "1", "no such field"),
    ],
)
def test_what_is_wrong_with_a_field_is_told(field: str, value: str, words: str) -> None:
    [(at, message)] = _faults(**{field: value})

    assert at == field
    assert words in message


def test_all_that_is_wrong_is_told_at_once_each_on_its_line() -> None:
    entry = Entry(5, {"capacity": "x", "latitude": "y", "labels": {"a": "b"}}, {"latitude": 7})

    _, faults = describe(entry)

    assert {(fault.field, fault.line) for fault in faults} == {
        ("capacity", 5),
        ("latitude", 7),
        ("labels", 5),
        ("addr", 5),
    }
