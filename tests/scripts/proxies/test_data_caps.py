"""Data caps: held to their form, written for proxies, and restored when somebody spoils them."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.management import CommandError, call_command

from lantern_pro.errors import InvalidParameter
from lantern_pro.jobs.schedule import stage_periodic_jobs
from proxies.keys import CLIENT
from proxies.services.caps import checked, set_data_caps
from proxies.usage import DeviceUsage, usage_of

CAP = {"label": "usual", "threshold": 500_000_000, "rate": 16_384, "capResets": "monthly"}


def _caps(**other: Any) -> dict[str, Any]:
    return {"default": {"default": [{**CAP, **other}]}}


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_caps_are_written_as_proxies_read_them(any_redis: redis.Redis) -> None:
    set_data_caps(json.dumps({"cn": {"android": [CAP]}, **_caps(appName="Beam")}))

    told = json.loads(str(any_redis.get("_throttle")))

    assert told["cn"]["android"] == [{**CAP, "deviceFloor": 0, "deviceCeil": 1}]
    assert told["default"]["default"][0]["appName"] == "Beam"


def test_caps_that_a_proxy_spoilt_are_restored(any_redis: redis.Redis) -> None:
    set_data_caps(json.dumps(_caps()))
    before = any_redis.get("_throttle")
    any_redis.delete("_throttle")

    stage_periodic_jobs()

    assert any_redis.get("_throttle") == before


def test_caps_of_which_a_proxy_made_a_hash_are_restored(any_redis: redis.Redis) -> None:
    set_data_caps(json.dumps(_caps()))
    before = any_redis.get("_throttle")
    any_redis.delete("_throttle")
    any_redis.hset("_throttle", "a", "b")

    stage_periodic_jobs()

    assert any_redis.get("_throttle") == before


def test_caps_can_be_set_over_what_a_proxy_made_of_them(any_redis: redis.Redis) -> None:
    any_redis.hset("_throttle", "a", "b")

    set_data_caps("{}")

    assert any_redis.get("_throttle") == "{}"


def test_caps_that_others_wrote_are_left_while_none_are_set(any_redis: redis.Redis) -> None:
    any_redis.set("_throttle", "theirs")

    stage_periodic_jobs()

    assert any_redis.get("_throttle") == "theirs"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ([], "caps"),
        ({"CN": {}}, "caps.CN"),
        ({"cn": []}, "caps.cn"),
        ({"cn": {"Android!": [CAP]}}, "caps.cn.Android!"),
        ({"cn": {"android": []}}, "caps.cn.android"),
        ({"cn": {"android": "x"}}, "caps.cn.android"),
        ({"cn": {"android": [7]}}, "caps.cn.android[0]"),
        ({"cn": {"android": [{"label": "x"}]}}, "caps.cn.android[0]"),
        (_caps(speed=7), "caps.default.default[0]"),
        (_caps(label=""), "caps.default.default[0].label"),
        (_caps(appName=7), "caps.default.default[0].appName"),
        (_caps(threshold=0), "caps.default.default[0].threshold"),
        (_caps(threshold=True), "caps.default.default[0].threshold"),
        (_caps(rate="fast"), "caps.default.default[0].rate"),
        (_caps(capResets="yearly"), "caps.default.default[0].capResets"),
        (_caps(deviceFloor=0.5, deviceCeil=0.5), "caps.default.default[0].deviceFloor"),
        (_caps(deviceFloor=0.5, deviceCeil=2), "caps.default.default[0].deviceFloor"),
        (_caps(deviceFloor="a", deviceCeil=1), "caps.default.default[0].deviceFloor"),
        (_caps(deviceFloor=0.5), "caps.default.default[0].deviceCeil"),
    ],
)
def test_caps_of_another_form_are_refused_with_their_place(told: object, field: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        checked(json.dumps(told))

    assert refused.value.field == field


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(InvalidParameter, match="no JSON"):
        checked("{")


def test_an_operator_sets_and_sees_the_caps(any_redis: redis.Redis, tmp_path: Path) -> None:
    file = tmp_path / "caps.json"
    file.write_text(json.dumps(_caps()))
    before = _run("set_data_caps")

    done = _run("set_data_caps", str(file))

    assert "No caps" in before
    assert "are set" in done
    assert json.loads(_run("set_data_caps"))["default"]["default"][0]["label"] == "usual"


def test_an_operator_is_told_what_is_wrong_and_nothing_changes(
    any_redis: redis.Redis, tmp_path: Path
) -> None:
    file = tmp_path / "caps.json"
    file.write_text(json.dumps(_caps(rate=0)))

    with pytest.raises(CommandError, match=r"default\.default\[0\]\.rate"):
        _run("set_data_caps", str(file))
    with pytest.raises(CommandError, match="No such file"):
        _run("set_data_caps", str(tmp_path / "nowhere"))

    assert any_redis.get("_throttle") is None


def test_support_sees_what_a_device_used(any_redis: redis.Redis) -> None:
    any_redis.hset(CLIENT(device_id="a"), mapping={"bytesIn": 7, "bytesOut": 1_234_567})

    told = _run("show_usage", "a")

    assert "1,234,567 bytes" in told
    assert json.loads(_run("show_usage", "a", "--json"))["bytes_in"] == 7
    assert "Nothing" in _run("show_usage", "b")


def test_what_a_proxy_wrote_that_is_no_count_is_taken_as_not_counted(
    any_redis: redis.Redis,
) -> None:
    name = CLIENT(device_id="a")
    any_redis.hset(name, mapping={"bytesIn": "many", "bytesOut": 5, "countryCode": "<script>"})

    used = usage_of("a")

    assert used == DeviceUsage(bytes_in=0, bytes_out=5, country="", seconds_left=None)
