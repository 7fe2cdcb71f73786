"""What one poll is answered."""

from dataclasses import dataclass, field, replace

import pytest
from django.conf import settings as configured
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.services.tokens import admission
from configsrv.reading import UserConfig
from configsrv.render import NOTHING, Body, Part
from configsrv.services.answer import Found, Poll, answer, seconds_until_next_poll
from configsrv.withheld import Withheld
from lantern_pro import clock
from lantern_pro.types import Cell, Millis, ProxyId, UserId

FREE = Body(b"free", "f")
OWN = Body(b"own", "o")
USER = UserId(1 << 20)
DEVICE = "device-1"


@dataclass(slots=True)
class Stored:
    """Configurations at hand; notes what was asked for."""

    free: Body = FREE
    own: UserConfig | None = None
    withheld: Withheld = field(default_factory=Withheld)
    variants: dict[str, Body] = field(default_factory=dict)
    asked: list[tuple[Cell, int, UserId | None]] = field(default_factory=list)
    asked_for: list[tuple[Cell, int, str]] = field(default_factory=list)

    def get(self, cell: Cell, bucket: int, user_id: UserId | None) -> Found:
        """What there is."""
        self.asked.append((cell, bucket, user_id))
        return Found(self.free, self.own, self.withheld)

    def variant(self, cell: Cell, bucket: int, country: str) -> Body:
        """What there is for a country."""
        self.asked_for.append((cell, bucket, country))
        return self.variants.get(country, NOTHING)


GONE, THERE, ELSEWHERE = ProxyId(1024), ProxyId(2048), ProxyId(3072)
TWO = Body(b"gone!there", "two", (Part(GONE, 5), Part(THERE, 5)))


def _own(body: Body = OWN, *, ends_in_ms: int = 60_000, country: str = "") -> UserConfig:
    expiration = Millis(clock.now() + ends_in_ms)
    return UserConfig(frozenset([admission("right", DEVICE)]), expiration, body, country)


def _poll(token: str = "right", device_id: str = DEVICE) -> Poll:  # noqa: S107 - no secret
    return Poll(user_id=str(USER), device_id=device_id, token=token, peer="203.0.113.7")


def test_a_pro_user_gets_their_own_proxies_and_then_the_free_ones() -> None:
    told = answer(_poll(), Stored(own=_own()))

    assert (told.kind, told.body.content) == ("fresh", b"ownfree")


@pytest.mark.parametrize(
    ("token", "ends_in_ms"), [("wrong", 60_000), ("", 60_000), ("right", -1), ("ключ", 60_000)]
)
def test_without_the_right_token_or_after_its_time_there_is_only_the_free_part(
    token: str, ends_in_ms: int
) -> None:
    told = answer(_poll(token), Stored(own=_own(ends_in_ms=ends_in_ms)))

    assert told.body == FREE


def test_a_device_that_is_not_one_of_the_account_gets_only_the_free_part() -> None:
    assert answer(_poll(device_id="device-2"), Stored(own=_own())).body == FREE


def test_a_pro_user_whose_proxies_are_on_their_way_gets_the_free_part() -> None:
    assert answer(_poll(), Stored(own=_own(NOTHING))).body == FREE


def test_a_pro_user_is_served_even_when_no_free_proxy_is_left() -> None:
    assert answer(_poll(), Stored(free=NOTHING, own=_own())).body == OWN


def test_an_empty_configuration_is_never_served() -> None:
    assert answer(_poll(), Stored(free=NOTHING)).kind == "none"


def test_who_has_it_is_told_so() -> None:
    poll = Poll(peer="203.0.113.7", tags=frozenset({"", "f"}))

    assert answer(poll, Stored()).kind == "same"


def test_a_retired_proxy_is_left_out_of_both_parts_whatever_is_stored() -> None:
    stored = Stored(free=TWO, own=_own(TWO), withheld=Withheld.read({str(GONE): "*"}))

    told = answer(_poll(), stored)

    assert told.body.content == b"therethere"


def test_a_configuration_of_retired_proxies_alone_is_not_served() -> None:
    withheld = Withheld.read({str(GONE): "*", str(THERE): "*"})

    assert answer(_poll(), Stored(free=TWO, withheld=withheld)).kind == "none"


def test_who_has_the_configuration_with_the_retired_proxy_gets_another() -> None:
    poll = Poll(peer="203.0.113.7", tags=frozenset({TWO.tag}))

    told = answer(poll, Stored(free=TWO, withheld=Withheld.read({str(GONE): "*"})))

    assert told.kind == "fresh"


@pytest.mark.parametrize("country", ["CN", "cn"])
def test_where_a_proxy_is_blocked_its_bucket_has_another_instead(country: str) -> None:
    variant = Body(b"thereelse!", "cn", (Part(THERE, 5), Part(ELSEWHERE, 5)))
    withheld = Withheld.read({str(GONE): "CN,IR"})
    stored = Stored(free=TWO, own=_own(TWO), withheld=withheld, variants={"CN": variant})

    told = answer(replace(_poll(), country=country), stored)

    assert told.body.content == b"there" + variant.content


@pytest.mark.parametrize(
    ("said", "token", "content"),
    [
        ("", "right", b"therethere"),
        ("DE", "right", b"gone!theregone!there"),
        ("", "wrong", b"gone!there"),
    ],
)
def test_a_pro_user_who_does_not_say_where_they_are_is_where_their_app_told_last(
    said: str, token: str, content: bytes
) -> None:
    stored = Stored(
        free=TWO, own=_own(TWO, country="CN"), withheld=Withheld.read({str(GONE): "CN"})
    )

    assert answer(replace(_poll(token), country=said), stored).body.content == content


def test_until_the_variant_is_made_the_rest_of_the_bucket_is_served() -> None:
    stored = Stored(free=TWO, withheld=Withheld.read({str(GONE): "CN"}))

    assert answer(Poll(country="CN"), stored).body.content == b"there"


def test_a_variant_that_names_who_was_blocked_since_is_not_believed_either() -> None:
    variant = Body(b"elsewhere", "cn", (Part(ELSEWHERE, 9),))
    withheld = Withheld.read({str(GONE): "CN", str(ELSEWHERE): "CN"})
    stored = Stored(free=TWO, withheld=withheld, variants={"CN": variant})

    assert answer(Poll(country="CN"), stored).body.content == b"there"


@pytest.mark.parametrize("country", ["", "DE", "China", "C", "中国"])
def test_elsewhere_and_where_nobody_knows_the_bucket_is_served_as_it_is(country: str) -> None:
    stored = Stored(free=TWO, withheld=Withheld.read({str(GONE): "CN"}))

    assert answer(Poll(country=country), stored).body == TWO
    assert stored.asked_for == []


def test_without_a_token_nothing_of_a_user_is_looked_up() -> None:
    stored = Stored()

    answer(_poll(""), stored)

    assert stored.asked[0][2] is None


@pytest.mark.parametrize("secret", ["", "wrong", "ключ"])
def test_only_the_right_secret_makes_a_forwarded_address_believable(secret: str) -> None:
    stored = Stored()
    addresses = [f"10.{number}.0.1" for number in range(20)]

    for address in addresses:
        answer(Poll(peer="203.0.113.7", client_ip=address, forward_secret=secret), stored)
    seen = {bucket for _, bucket, _ in stored.asked}
    stored.asked.clear()
    right = configured.PROXY_FORWARD_SECRET
    for address in addresses:
        answer(Poll(peer="203.0.113.7", client_ip=address, forward_secret=right), stored)

    assert len(seen) == 1
    assert len({bucket for _, bucket, _ in stored.asked}) > 5


@given(st.text())
def test_no_user_id_is_too_strange(text: str) -> None:
    assert answer(Poll(user_id=text, token="t", peer=text), Stored()).kind == "fresh"


def test_the_time_until_the_next_poll_lies_around_the_usual(settings: Settings) -> None:
    settings.CONFIG_POLL_SECONDS = 60

    drawn = {seconds_until_next_poll() for _ in range(2000)}

    assert drawn == set(range(45, 76))
