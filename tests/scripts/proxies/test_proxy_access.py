"""A proxy's user on Redis: what it may do, and above all what not. On a real server."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import redis
from redis.exceptions import NoPermissionError, ResponseError

from lantern_pro.store.client import text_client
from lantern_pro.store.keys import declared_keys
from lantern_pro.types import ProxyId
from proxies import acl, keys
from proxies.heartbeats import heartbeats_of
from proxies.usage import counting_script
from tests import beats, fleet
from tests.access import with_access
from tests.fleet import HERE

HEX: Final = "ab" * 32


@pytest.fixture(autouse=True)
def _users(real_redis: redis.Redis) -> Iterator[None]:
    yield
    for name in acl.users() - {"default"}:
        acl.drop_user(name)


@pytest.fixture
def pro() -> Iterator[tuple[ProxyId, Any]]:
    """A Pro proxy with a user, and its own connection."""
    yield from with_access(fleet.pro_proxy())


@pytest.fixture
def free() -> Iterator[tuple[ProxyId, Any]]:
    """A free proxy with a user, and its own connection."""
    yield from with_access(fleet.free_proxy())


def test_it_does_what_the_protocol_asks_of_it(pro: tuple[ProxyId, Any]) -> None:
    proxy_id, own = pro
    user_id = fleet.pro_user()
    fleet.assigned(user_id)

    with own.pipeline(transaction=True) as pipe:
        pipe.smembers(keys.ADMISSIONS(proxy_id=proxy_id))
        pipe.xrevrange(keys.CHANGES(proxy_id=proxy_id), count=1)
        admissions, last = pipe.execute()
    followed = own.xread({keys.CHANGES(proxy_id=proxy_id): "0-0"}, block=10)
    looked = own.xrange(keys.CHANGES(proxy_id=proxy_id), last[0][0], last[0][0])
    with own.pipeline(transaction=True) as pipe:
        pipe.hset(keys.HEARTBEAT(proxy_id=proxy_id), mapping={"at": 7})
        pipe.pexpire(keys.HEARTBEAT(proxy_id=proxy_id), 60_000)
        beaten = pipe.execute()

    assert admissions == {fleet.known_as(user_id)}
    assert len(followed) == len(looked) == 1
    assert "pass_keys" in own.get(keys.CARD(proxy_id=proxy_id))
    assert beaten == [1, True]


def test_a_free_proxy_counts_and_reads_caps(free: tuple[ProxyId, Any]) -> None:
    _, own = free
    text_client().set(keys.THROTTLE(), "{}")
    counting_script().load()

    told = own.evalsha(counting_script().sha, 1, keys.CLIENT(device_id="a"), 1, 2, "cn", 1 << 40)

    assert told[:4] == ["counted", 1, 2, "cn"]
    assert own.get(keys.THROTTLE()) == "{}"


def _keys_of_others(mine: ProxyId) -> list[str]:
    """A key of every declared pattern, none of which is this proxy's to touch."""
    other = fleet.pro_proxy()
    proxies = [pattern for pattern in declared_keys() if pattern.parts[:1] == ["proxy_id"]]
    assert len(proxies) >= 5
    others = [pattern(proxy_id=other) for pattern in proxies]
    everybody = [
        pattern(cell=HERE, **dict.fromkeys(pattern.parts, "1025"))
        for pattern in declared_keys()
        if pattern not in proxies
    ]
    own_but_not_its_own = [keys.PROXIES.row(mine), keys.USERS(proxy_id=mine)]
    return [*others, *everybody, *own_but_not_its_own, keys.THROTTLE(), keys.CLIENT(device_id="a")]


def test_it_can_touch_no_key_but_its_own_by_any_command_that_it_has(
    pro: tuple[ProxyId, Any],
) -> None:
    proxy_id, own = pro
    allowed = []

    for name in _keys_of_others(proxy_id):
        for command in (
            ("SMEMBERS", name),
            ("GET", name),
            ("XRANGE", name, "-", "+"),
            ("XREVRANGE", name, "+", "-"),
            ("XREAD", "STREAMS", name, "0"),
            ("HSET", name, "a", "b"),
            ("PEXPIRE", name, "1"),
        ):
            try:
                own.execute_command(*command)
            except NoPermissionError:
                continue
            except ResponseError as error:  # a type that is wrong would have let it through
                allowed.append((command, str(error)))
            else:
                allowed.append((command, "done"))

    assert allowed == []


@pytest.mark.parametrize(
    "command",
    [
        "KEYS *",
        "SCAN 0",
        "RANDOMKEY",
        "DBSIZE",
        "FLUSHALL",
        "CONFIG GET *",
        "ACL WHOAMI",
        "ACL LIST",
        "CLIENT LIST",
        "INFO",
        "MONITOR",
        "SUBSCRIBE a",
        "PUBLISH a b",
        "SCRIPT LOAD x",
        "DEBUG SLEEP 0",
        "SHUTDOWN",
        "REPLICAOF a 1",
        "MIGRATE a 1 b 0 1",
        "SWAPDB 0 1",
        "SELECT 1",
    ],
)
@pytest.mark.parametrize("which", ["pro", "free"])
def test_it_can_do_nothing_else(request: pytest.FixtureRequest, which: str, command: str) -> None:
    _, own = request.getfixturevalue(which)

    with pytest.raises(NoPermissionError):
        own.execute_command(*command.split())


def test_it_can_change_neither_its_set_nor_its_stream(pro: tuple[ProxyId, Any]) -> None:
    proxy_id, own = pro

    for command in (
        ("SADD", keys.ADMISSIONS(proxy_id=proxy_id), HEX),
        ("SREM", keys.ADMISSIONS(proxy_id=proxy_id), HEX),
        ("XADD", keys.CHANGES(proxy_id=proxy_id), "*", "op", "admit"),
        ("SET", keys.CARD(proxy_id=proxy_id), "{}"),
        ("DEL", keys.CARD(proxy_id=proxy_id)),
        ("EVAL", "return 1", "0"),
    ):
        with pytest.raises(NoPermissionError):
            own.execute_command(*command)
    for name in (keys.ADMISSIONS(proxy_id=proxy_id), keys.CARD(proxy_id=proxy_id)):
        text_client().delete(keys.HEARTBEAT(proxy_id=proxy_id))
        _fill(name)
        with pytest.raises(ResponseError):
            own.execute_command("HSET", name, "a", "b")


def _fill(name: str) -> None:
    if name.endswith(":admissions"):
        text_client().sadd(name, HEX)
    else:
        text_client().set(name, "{}")


def test_a_free_proxy_runs_no_script_of_its_own_and_no_other_of_ours(
    free: tuple[ProxyId, Any],
) -> None:
    _, own = free
    body = "return redis.call('HGETALL', KEYS[1])"
    sha = text_client().script_load(body)

    for command in (
        ("EVAL", "return 1", "0"),
        ("EVALSHA", sha, "1", keys.PROXIES_OF(user_id=1025)),
        ("EVALSHA", sha, "1", keys.CLIENT(device_id="a")),  # HGETALL is not granted in it either
    ):
        with pytest.raises(ResponseError):
            own.execute_command(*command)


def test_what_else_a_proxy_writes_of_itself_is_not_even_read(real_redis: redis.Redis) -> None:
    proxy_id = fleet.pro_proxy()
    beats.beat(proxy_id, **{f"more_{number}": "x" * 1000 for number in range(1000)})
    beats.look()
    before = real_redis.info("stats")["total_net_output_bytes"]

    [heartbeat] = heartbeats_of([proxy_id])

    assert heartbeat is not None
    assert heartbeat.software == "proxy/1"
    assert real_redis.info("stats")["total_net_output_bytes"] - before < 100_000
