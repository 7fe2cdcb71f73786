"""What a taken proxy or a full disk spoils does not stop the reference proxy."""

from pathlib import Path

import redis

from devstack.reference_proxy.caps import Asker
from devstack.reference_proxy.clock import Clock
from devstack.reference_proxy.knowledge import Knowledge
from devstack.reference_proxy.state import State
from devstack.reference_proxy.usage import Usage
from lantern_pro.types import ProxyId
from proxies.keys import CLIENT, THROTTLE
from proxies.services.caps import set_data_caps
from proxies.usage import counting_script, usage_of

CAPS = (
    '{"default": {"default": [{"label": "x", "threshold": 100, "rate": 7, "capResets": "legacy"}]}}'
)
SPOILT, OTHER = "spoilt", "other"


def _knowledge(track: str = "free") -> Knowledge:
    known = Knowledge(ProxyId(1024), "secret", track, Clock())
    known.usage_script = counting_script().sha
    return known


def _used(usage: Usage, device_id: str) -> None:
    device = usage.device(Asker(device_id, "cn"))
    assert device is not None
    device.came, device.went = 7, 2


def test_a_counter_that_is_none_keeps_no_other_device_from_being_counted(
    real_redis: redis.Redis,
) -> None:
    set_data_caps(CAPS)
    counting_script().load()
    real_redis.set(CLIENT(device_id=SPOILT), "no hash")
    usage, known = Usage(Clock(), every=0), _knowledge()
    usage.run(real_redis, {known.proxy_id: known})
    for device_id in (SPOILT, OTHER):
        _used(usage, device_id)

    usage.run(real_redis, {known.proxy_id: known})

    counted = usage_of(OTHER)
    assert counted is not None
    assert (counted.bytes_in, counted.bytes_out) == (7, 2)
    spoilt = usage.device(Asker(SPOILT, "cn"))
    assert spoilt is not None
    assert (spoilt.came, spoilt.went) == (7, 2)


def test_caps_that_are_no_text_leave_the_last_ones(real_redis: redis.Redis) -> None:
    set_data_caps(CAPS)
    usage, known = Usage(Clock(), every=0), _knowledge()
    usage.run(real_redis, {known.proxy_id: known})
    real_redis.delete(THROTTLE())
    real_redis.hset(THROTTLE(), "a", "b")

    usage.run(real_redis, {known.proxy_id: known})

    assert usage.device(Asker(OTHER)) is not None


def test_what_cannot_be_kept_on_disk_is_kept_when_it_can(tmp_path: Path) -> None:
    file, known = tmp_path / "later" / "state.json", _knowledge("pro")
    known.replace({"a" * 64}, version=1, mark="1")
    state = State(file, Clock())

    state.save([known])

    assert not file.exists()
    file.parent.mkdir()
    state.save([known])
    restored = State(file, Clock()).restore(_knowledge("pro"))
    assert restored.admissions == {"a" * 64}
