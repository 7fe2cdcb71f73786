"""Data caps as a proxy obeys them: which one a device meets, and until when."""

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from devstack.reference_proxy.caps import Asker, Caps, end_of_period
from devstack.reference_proxy.murmur import murmur3_64
from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "proxy-protocol.md").read_text()


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("", 0),
        ("hello", 0xCBD8A7B341BD9B02),
        ("hello, world", 0x342FAC623A5EBC8E),
        ("19 Jan 2038 at 3:14:07 AM", 0xB89E5988B737AFFC),
        ("The quick brown fox jumps over the lazy dog.", 0xCD99481F9EE902C9),
    ],
)
def test_the_hash_is_murmur3(text: str, half: int) -> None:
    """The values are those that its public implementations test themselves by."""
    assert murmur3_64(text.encode()) == half


def test_the_cohorts_of_the_page_are_the_reference_proxys() -> None:
    told = re.findall(r"^\| `(hello[^`]*)` \| `(0\.\d+)` \|$", PAGE, re.MULTILINE)

    assert len(told) == 2
    assert [Asker(device_id).cohort for device_id, _ in told] == [float(each) for _, each in told]


def _cap(label: int, **other: Any) -> dict[str, Any]:
    """A cap that is known by its threshold."""
    told = {"label": str(label), "threshold": label, "rate": 1, "capResets": "monthly"}
    return {**told, "deviceFloor": 0, "deviceCeil": 1, **other}


def _met(caps: object, **of: Any) -> int | None:
    read = Caps()
    assert read.take_over(json.dumps(caps))
    asker = Asker(**{"device_id": "hello", "supported": ("monthly", "daily"), **of})
    cap = read.cap_for(asker)
    return cap.threshold if cap else None


def test_country_and_platform_fall_back_to_default() -> None:
    caps = {
        "cn": {"android": [_cap(1)], "default": [_cap(2)]},
        "ir": {"android": [_cap(3)]},
        "default": {"default": [_cap(4)]},
    }

    assert _met(caps, country="cn", platform="android") == 1
    assert _met(caps, country="cn", platform="ios") == 2
    assert _met(caps, country="ir", platform="ios") is None
    assert _met(caps, country="de") == 4
    assert _met({}, country="de") is None


def test_a_cap_is_for_clients_that_can_be_told_of_it() -> None:
    caps = {
        "default": {"default": [_cap(1, capResets="weekly"), _cap(2), _cap(3, capResets="legacy")]}
    }

    assert _met(caps, supported=("weekly",)) == 1
    assert _met(caps, supported=("monthly",)) == 2
    assert _met(caps, supported=()) == 3
    assert _met(caps, supported=("daily",)) is None


def test_a_cohort_has_its_own_cap_and_the_others_the_first() -> None:
    cohort = Asker("hello").cohort
    others = [_cap(1, deviceFloor=0, deviceCeil=cohort), _cap(2, deviceFloor=cohort)]

    assert _met({"default": {"default": others}}) == 2
    assert _met({"default": {"default": others}}, device_id="nobody knows") in {1, 2}
    assert _met({"default": {"default": others[:1]}}) == 1


def test_an_app_has_its_own_cap_and_any_other_the_common_one() -> None:
    caps = {"default": {"default": [_cap(1), _cap(2, appName="Beam")]}}

    assert _met(caps, app="Beam") == 2
    assert _met(caps, app="Lantern") == 1


@pytest.mark.parametrize("broken", ["{", "[]", '{"default": 7}', '{"default": {"default": [{}]}}'])
def test_broken_caps_leave_the_last_good_ones(broken: str) -> None:
    read = Caps()
    read.take_over(json.dumps({"default": {"default": [_cap(7, capResets="legacy")]}}))

    taken = read.take_over(broken)

    cap = read.cap_for(Asker("hello"))
    assert not taken
    assert not read.take_over(None)
    assert cap is not None
    assert cap.threshold == 7


@pytest.mark.parametrize(
    ("resets", "zone", "ends"),
    [
        ("daily", "Asia/Shanghai", "2026-11-27 00:00"),
        ("weekly", "Asia/Shanghai", "2026-11-30 00:00"),
        ("monthly", "Asia/Shanghai", "2026-12-01 00:00"),
        ("legacy", "Asia/Tehran", "2026-12-01 00:00"),
        ("daily", "", "2026-11-27 00:00"),
        ("daily", "No/Where", "2026-11-27 00:00"),
    ],
)
def test_a_period_ends_by_the_clients_own_midnight(resets: str, zone: str, ends: str) -> None:
    place = ZoneInfo(zone if zone not in {"", "No/Where"} else "UTC")
    noon = datetime(2026, 11, 26, 12, tzinfo=place).timestamp()

    found = end_of_period(noon, resets, zone)

    assert datetime.fromtimestamp(found + 1, tz=place).strftime("%Y-%m-%d %H:%M") == ends


def test_december_is_followed_by_january() -> None:
    now = datetime(2026, 12, 31, 23, tzinfo=ZoneInfo("UTC")).timestamp()

    assert end_of_period(now, "monthly", "UTC") == now + 3599
