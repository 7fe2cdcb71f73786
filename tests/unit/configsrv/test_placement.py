"""Which free proxies a network sees."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configsrv.placement import (
    UNKNOWN_NETWORK,
    Prefixes,
    bucket_of,
    network_of,
    proxies_of_bucket,
)
from lantern_pro.types import ProxyId

PREFIXES = Prefixes(ipv4=20, ipv6=32)
SECRET = b"s" * 32
FLEETS = st.lists(st.integers(1, 1 << 50).map(ProxyId), unique=True, max_size=30)
BUCKETS = st.integers(0, 63)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.112.0/20"),
        ("::ffff:203.0.113.7", "203.0.112.0/20"),
        ("2001:db8:1:2::3", "2001:db8::/32"),
        (" 203.0.113.7 ", "203.0.112.0/20"),
        ("", UNKNOWN_NETWORK),
        ("203.0.113.7:80", UNKNOWN_NETWORK),
        ("nonsense", UNKNOWN_NETWORK),
    ],
)
def test_an_address_belongs_to_the_network_of_its_leading_bits(address: str, network: str) -> None:
    assert network_of(address, PREFIXES) == network


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_ipv6_writing_is_of_the_same_network(address: object) -> None:
    assert network_of(f"::ffff:{address}", PREFIXES) == network_of(str(address), PREFIXES)


def test_networks_spread_evenly_over_the_buckets() -> None:
    buckets = Counter(bucket_of(f"10.{n >> 8}.{n & 255}.0/20", SECRET, 16) for n in range(8000))

    assert set(buckets) == set(range(16))
    assert max(buckets.values()) < 1.3 * min(buckets.values())


def test_without_the_secret_nobody_knows_the_bucket() -> None:
    other = b"o" * 32

    same = [
        bucket_of(f"net-{n}", SECRET, 64) == bucket_of(f"net-{n}", other, 64) for n in range(640)
    ]

    assert same.count(True) < 40


@given(FLEETS, BUCKETS, st.integers(1, 5))
def test_a_bucket_draws_as_many_as_wanted_each_once(
    fleet: list[ProxyId], bucket: int, count: int
) -> None:
    drawn = proxies_of_bucket(bucket, fleet, SECRET, count)

    assert len(drawn) == min(count, len(fleet))
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= set(fleet)


@given(FLEETS, BUCKETS, st.randoms())
def test_the_order_of_the_fleet_does_not_matter(
    fleet: list[ProxyId], bucket: int, random: object
) -> None:
    shuffled = list(fleet)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert proxies_of_bucket(bucket, shuffled, SECRET, 3) == proxies_of_bucket(
        bucket, fleet, SECRET, 3
    )


@given(FLEETS, BUCKETS, st.integers(1, 1 << 50).map(ProxyId))
def test_a_new_proxy_takes_at_most_one_place_of_a_bucket(
    fleet: list[ProxyId], bucket: int, new: ProxyId
) -> None:
    before = proxies_of_bucket(bucket, fleet, SECRET, 3)

    after = proxies_of_bucket(bucket, list({*fleet, new}), SECRET, 3)

    assert len(set(before) - set(after)) <= 1
    assert set(after) - set(before) <= {new}


@given(FLEETS.filter(bool), BUCKETS)
def test_a_proxy_that_goes_moves_only_the_buckets_that_held_it(
    fleet: list[ProxyId], bucket: int
) -> None:
    before = proxies_of_bucket(bucket, fleet, SECRET, 3)

    after = proxies_of_bucket(bucket, fleet[1:], SECRET, 3)

    if fleet[0] in before:
        assert set(before) - {fleet[0]} <= set(after)
    else:
        assert after == before


def test_the_buckets_share_the_fleet_evenly() -> None:
    fleet = [ProxyId(number) for number in range(1, 11)]

    drawn = Counter(
        each for bucket in range(2000) for each in proxies_of_bucket(bucket, fleet, SECRET, 2)
    )

    assert set(drawn) == set(fleet)
    assert max(drawn.values()) < 1.3 * min(drawn.values())


@given(FLEETS, BUCKETS, st.integers(1, 5), st.data())
def test_spares_are_drawn_only_where_the_others_are_too_few(
    fleet: list[ProxyId], bucket: int, count: int, data: st.DataObject
) -> None:
    spare = set(data.draw(st.lists(st.sampled_from(fleet)))) if fleet else set()
    others = [each for each in fleet if each not in spare]

    drawn = proxies_of_bucket(bucket, fleet, SECRET, count, spare=spare)

    assert drawn[: len(others)] == proxies_of_bucket(bucket, others, SECRET, count)
    assert len(drawn) == min(count, len(fleet))
