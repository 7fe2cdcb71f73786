"""Proxies -> YAML -> gzip."""

import gzip
import zlib

import yaml

from configsrv.render import NOTHING, render
from lantern_pro.types import Millis, ProxyId
from proxies.records import Place, ProxyRecord, State, Track


def _proxy(name: str, proxy_id: int = 1024) -> ProxyRecord:
    return ProxyRecord(
        id=ProxyId(proxy_id),
        name=name,
        addr="203.0.113.7:443",
        track=Track.FREE,
        state=State.ACTIVE,
        capacity=10,
        load=0,
        version=0,
        auth_token="secret: with {yaml} & signs",
        cert="-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        transport="obfs4-tcp",
        transport_settings={"b": "2", "a": "yes"},
        place=Place(
            city="Zürich", country="Switzerland", country_code="CH", latitude=47.4, longitude=8.5
        ),
        created=Millis(0),
        state_since=Millis(0),
    )


def test_a_client_reads_every_field_in_lower_case() -> None:
    body = render([_proxy("fallback-203.0.113.7")])

    read = yaml.safe_load(gzip.decompress(body.content))
    assert read == {
        "fallback-203.0.113.7": {
            "addr": "203.0.113.7:443",
            "cert": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
            "authtoken": "secret: with {yaml} & signs",
            "trusted": True,
            "pluggabletransport": "obfs4-tcp",
            "pluggabletransportsettings": {"a": "yes", "b": "2"},
            "weight": 1_000_000,
            "qos": 10,
            "maxpreconnect": 10,
            "location": {
                "city": "Zürich",
                "country": "Switzerland",
                "countrycode": "CH",
                "latitude": 47.4,
                "longitude": 8.5,
            },
        }
    }


def test_the_same_proxies_make_the_same_bytes() -> None:
    first, second = render([_proxy("one")]), render([_proxy("one")])

    assert first == second
    assert first.content[4:8] == bytes(4)  # the gzip header's time


def test_other_proxies_make_another_tag() -> None:
    assert render([_proxy("one")]).tag != render([_proxy("other")]).tag


def test_two_bodies_joined_are_one_gzip_file_and_one_map() -> None:
    own, free = render([_proxy("own")]), render([_proxy("free")])

    joined = own + free

    assert list(yaml.safe_load(gzip.decompress(joined.content))) == ["own", "free"]
    assert joined.tag == f"{own.tag}-{free.tag}"


def test_the_first_member_ends_where_the_second_begins() -> None:
    own, free = render([_proxy("own")]), render([_proxy("free")])
    reader = zlib.decompressobj(wbits=31)

    reader.decompress((own + free).content)

    assert reader.eof
    assert reader.unused_data == free.content


def test_nothing_joined_with_something_is_that_thing() -> None:
    body = render([_proxy("one")])

    assert NOTHING + body == body + NOTHING == body
    assert render([]) == NOTHING
    assert not NOTHING


def test_a_proxy_is_left_out_of_a_finished_body() -> None:
    three = render([_proxy("one", 1024), _proxy("two", 2048), _proxy("three", 3072)])

    left = three.without(frozenset({ProxyId(2048), ProxyId(4096)}))

    assert list(yaml.safe_load(gzip.decompress(left.content))) == ["one", "three"]
    assert left.content == render([_proxy("one", 1024), _proxy("three", 3072)]).content
    assert left.tag == f"{three.tag}.without.1"
    assert [part.proxy_id for part in left.parts] == [1024, 3072]


def test_what_names_none_of_them_stays_as_it_is_and_all_of_them_nothing() -> None:
    body = render([_proxy("one", 1024)])

    assert body.without(frozenset({ProxyId(2048)})) is body
    assert body.without(frozenset({ProxyId(1024)})) == NOTHING
