"""Passes: what they say, how they are signed, and how proxies check them."""

import base64
import json
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from devstack.reference_proxy.passes import is_good
from lantern_pro import clock
from lantern_pro.types import Millis, ProxyId, UserId
from proxies.services import passes

ADMISSION = "ab" * 32
OTHER = "cd" * 32
PROXY = ProxyId(7168)
USER = UserId(5120)
HOUR_MS = 3_600_000
MINUTE_MS = 60_000
FAR = Millis(1 << 52)


@pytest.fixture(autouse=True)
def _ring(settings: Settings) -> None:
    settings.PASS_KEYS = {"k2": b"2" * 32, "k1": b"1" * 32}
    settings.PASS_HOURS = 24


def _issued(*, until: Millis = FAR) -> tuple[str, passes.Validity]:
    when = passes.validity(USER, until)
    return passes.issue(PROXY, [ADMISSION, OTHER], when), when


def _checked(text: str, *, now: float, **other: object) -> bool:
    told = {"proxy_id": PROXY, "admission": ADMISSION, **other}
    return is_good(text, passes.public_keys(), now=now, **told)  # type: ignore[arg-type]


def test_a_pass_says_whom_it_is_for_where_and_how_long() -> None:
    text, when = _issued()

    read = passes.read(text)

    assert text.startswith("k2.")
    assert read.proxy_id == PROXY
    assert read.admissions == {ADMISSION[:32], OTHER[:32]}
    assert (read.good_from, read.good_until) == (when.good_from // 1000, when.good_until // 1000)


def test_a_proxy_accepts_it_for_these_devices_in_its_time_and_not_otherwise() -> None:
    text, when = _issued()
    middle = (when.good_from + when.good_until) / 2000

    assert _checked(text, now=middle)
    assert _checked(text, now=when.good_from / 1000 - 299)  # a clock that is a little behind
    assert not _checked(text, now=when.good_from / 1000 - 301)
    assert _checked(text, now=when.good_until // 1000 - 1)
    assert not _checked(text, now=when.good_until // 1000)
    assert not _checked(text, now=middle, admission="ef" * 32)
    assert not _checked(text, now=middle, proxy_id=PROXY + 1024)


def test_every_key_of_the_ring_is_accepted_and_no_other(settings: Settings) -> None:
    text, when = _issued()
    middle = (when.good_from + when.good_until) / 2000

    settings.PASS_KEYS = {"k3": b"3" * 32, "k2": b"2" * 32}
    after_rotation = _checked(text, now=middle)
    settings.PASS_KEYS = {"k3": b"3" * 32}

    assert after_rotation
    assert not _checked(text, now=middle)
    with pytest.raises(ValueError, match="LANTERN_PASS_KEYS"):
        passes.read(text)


def _tampered() -> Iterator[str]:
    kid, payload, signature = _issued()[0].split(".")
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    later = json.dumps({**told, "t": told["t"] + 1}, separators=(",", ":")).encode()
    longer = base64.urlsafe_b64encode(later).rstrip(b"=").decode()
    yield f"{kid}.{longer}.{signature}"
    yield f"k1.{payload}.{signature}"
    yield f"{kid}.{payload}.{signature[:-2]}AA"
    yield f"{kid}.{payload}."
    yield f"{kid}.{payload}.{signature}.x"
    yield f"{kid}.é.{signature}"
    yield ""
    yield "." * 8000


def test_whatever_is_tampered_with_is_refused() -> None:
    now = clock.now() / 1000

    accepted = [text for text in _tampered() if _checked(text, now=now)]

    assert len(list(_tampered())) == 8
    assert accepted == []


def test_a_signed_text_that_says_nonsense_is_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(b"2" * 32)
    for content in (b"[]", b"{}", b"\xff", b'{"p":"7168","f":"x","t":1,"a":[]}', b"7"):
        text = "k2." + base64.urlsafe_b64encode(content).rstrip(b"=").decode()
        signed = key.sign(passes.CONTEXT + text.encode())
        whole = f"{text}.{base64.urlsafe_b64encode(signed).rstrip(b'=').decode()}"
        assert not _checked(whole, now=1.0)


def test_made_twice_within_half_its_life_a_pass_is_the_same() -> None:
    first, when = _issued()
    assert when.renewal is not None
    left = when.renewal - clock.now()

    with clock.shifted(left - MINUTE_MS):
        last, _ = _issued()
    with clock.shifted(left):
        renewed, later = _issued()

    assert last == first
    assert renewed != first
    assert later.good_from == when.renewal
    assert later.good_until - (clock.now() + left) >= 12 * HOUR_MS - MINUTE_MS


def test_a_pass_ends_with_the_pro_time_and_is_then_not_renewed() -> None:
    soon = Millis(clock.now() + HOUR_MS)

    _, when = _issued(until=soon)

    assert (when.good_until, when.renewal) == (soon, None)


def test_the_renewals_of_many_users_spread_over_half_a_life() -> None:
    half = 12 * HOUR_MS
    dues = [passes.validity(UserId(number << 10), FAR).renewal for number in range(1, 2001)]

    tenths = [0] * 10
    for due in dues:
        assert due is not None
        tenths[(due - clock.now()) * 10 // half % 10] += 1

    assert min(tenths) > 120  # 200 each on average
