"""A proxy's user on Redis: what it may do, and above all what not. On a real server."""

from contextlib import suppress
from itertools import product
from typing import Any, Final

import pytest
import redis
from redis.exceptions import NoPermissionError, ResponseError

from lantern_pro.store.client import text_client
from lantern_pro.store.keys import declared_keys
from lantern_pro.types import ProxyId
from proxies import keys
from proxies.heartbeats import heartbeats_of
from proxies.services import access
from proxies.usage import counting_script
from tests import beats, fleet
from tests.fleet import HERE

HEX: Final = "ab" * 32


pytestmark = pytest.mark.usefixtures("no_proxy_users")


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
    beaten = own.hset(keys.HEARTBEAT(proxy_id=proxy_id), mapping={"at": 7})

    assert admissions == {fleet.known_as(user_id)}
    assert len(followed) == len(looked) == 1
    assert "pass_keys" in own.get(keys.CARD(proxy_id=proxy_id))
    assert beaten == 1


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
        ("PEXPIRE", keys.ADMISSIONS(proxy_id=proxy_id), "1"),
        ("PEXPIRE", keys.CHANGES(proxy_id=proxy_id), "1"),
        ("EVAL", "return 1", "0"),
    ):
        with pytest.raises(NoPermissionError):
            own.execute_command(*command)
    _fill(proxy_id)
    for name in _read_only(proxy_id):
        with pytest.raises(ResponseError):
            own.execute_command("HSET", name, "a", "b")


def _fill(proxy_id: ProxyId) -> None:
    """Write what a proxy reads, as the service does."""
    admissions, changes, card = _read_only(proxy_id)
    store = text_client()
    store.delete(admissions, changes, card)
    store.sadd(admissions, HEX)
    store.xadd(changes, {"op": "admit"}, id="1-0")
    store.set(card, "{}")


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


def _every_command(name: str) -> list[tuple[str, ...]]:
    """Each granted command that takes a key, so that a lack of one here is noticed."""
    commands = {
        "smembers": (name,),
        "xread": ("STREAMS", name, "0"),
        "xrange": (name, "-", "+"),
        "xrevrange": (name, "+", "-"),
        "get": (name,),
        "hset": (name, "a", "1"),
        "evalsha": (counting_script().sha, "1", name, "1", "2", "cn", "1"),
        "hincrby": (name, "a", "1"),
        "hget": (name, "a"),
        "expireat": (name, "1"),
        "ttl": (name,),
    }
    assert set(commands) == {*access.TO_LEARN, *access.TO_SHOW_LIFE, *access.TO_COUNT}
    return [(command, *rest) for command, rest in commands.items()]


def _try(own: Any, *commands: tuple[str, ...]) -> None:
    for command in commands:
        with suppress(ResponseError):
            own.execute_command(*command)


def _read_only(proxy_id: ProxyId) -> list[str]:
    return [key(proxy_id=proxy_id) for key in (keys.ADMISSIONS, keys.CHANGES, keys.CARD)]


def _contents(proxy_id: ProxyId) -> tuple[object, ...]:
    admissions, changes, card = _read_only(proxy_id)
    store = text_client()
    times = [store.pttl(name) for name in (admissions, changes, card)]
    return store.smembers(admissions), store.xrange(changes), store.get(card), times


@pytest.mark.parametrize("which", ["pro", "free"])
def test_no_two_commands_make_anything_but_a_hash_of_a_key_that_is_absent(
    request: pytest.FixtureRequest, which: str
) -> None:
    proxy_id, own = request.getfixturevalue(which)
    counting_script().load()
    store, made = text_client(), set()

    for name in (*_read_only(proxy_id), keys.HEARTBEAT(proxy_id=proxy_id), keys.THROTTLE()):
        for pair in product(_every_command(name), repeat=2):
            store.delete(name)
            _try(own, *pair)
            made.add(store.type(name))

    assert made <= {"none", "hash"}  # test_spoilt_keys.py: that is taken back


def test_no_two_commands_of_a_pro_proxy_change_what_is_there(pro: tuple[ProxyId, Any]) -> None:
    proxy_id, own = pro
    counting_script().load()
    _fill(proxy_id)
    before = _contents(proxy_id)

    for name in _read_only(proxy_id):
        for pair in product(_every_command(name), repeat=2):
            _try(own, *pair)

    assert _contents(proxy_id) == before


def test_what_else_a_proxy_writes_of_itself_is_not_even_read(real_redis: redis.Redis) -> None:
    proxy_id = fleet.pro_proxy()
    beats.beat(proxy_id, **{f"more_{number}": "x" * 1000 for number in range(1000)})
    before = real_redis.info("stats")["total_net_output_bytes"]

    [heartbeat] = heartbeats_of([proxy_id])

    assert heartbeat is not None
    assert heartbeat.software == "proxy/1"
    assert real_redis.info("stats")["total_net_output_bytes"] - before < 100_000
