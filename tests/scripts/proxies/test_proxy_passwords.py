"""A proxy's password on Redis: told once, rotated, revoked, and not lost in a restart."""

import json
from typing import Any

import pytest
import redis
from django.core.management import CommandError

from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId
from proxies import acl
from proxies.errors import AccessNotGranted
from proxies.models import Proxy
from proxies.services.access import grant_access, restore_access, user_of
from tests import fleet
from tests.access import log_in, may_log_in, run
from tests.dump import dump, places_of
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("no_proxy_users")


@pytest.fixture(autouse=True)
def _keeper(no_proxy_users: None) -> None:
    text_client().execute_command("ACL", "SETUSER", "keeper", "on", ">keeper", "+acl")


def test_the_password_is_told_once_and_stands_nowhere() -> None:
    proxy_id = fleet.pro_proxy()

    told = json.loads(run(str(proxy_id), "--json"))

    assert places_of(told["password"], dump()) == []
    assert told["password"] not in json.dumps(told["command"])
    assert told["password"] not in str(text_client().execute_command("ACL", "LIST"))


def _may_log_in(proxy_id: ProxyId, password: str) -> bool:
    return may_log_in(user_of(proxy_id), password)


def test_a_rotation_ends_the_old_password_or_keeps_it_once_more() -> None:
    proxy_id = fleet.pro_proxy()
    first, second, third = (
        json.loads(run(str(proxy_id), "--json", *more))["password"]
        for more in ((), (), ("--keep-old",))
    )

    good = [_may_log_in(proxy_id, each) for each in (first, second, third)]

    assert good == [False, True, True]


def test_access_that_is_revoked_ends_at_once(pro: tuple[ProxyId, Any]) -> None:
    proxy_id, own = pro
    before = own.ping()

    told = run(str(proxy_id), "--revoke")

    assert before
    assert "no access" in told
    with pytest.raises(redis.exceptions.RedisError):
        own.ping()
    stage_periodic_jobs()
    assert user_of(proxy_id) not in acl.users()


def test_a_redis_that_forgot_the_users_is_told_them_again(free: tuple[ProxyId, Any]) -> None:
    proxy_id, own = free
    rules = text_client().execute_command("ACL", "GETUSER", user_of(proxy_id))
    acl.drop_user(user_of(proxy_id))  # as after a restart without a file of users

    restored = restore_access(HERE)

    assert restored == [proxy_id]
    assert own.ping()
    assert text_client().execute_command("ACL", "GETUSER", user_of(proxy_id)) == rules
    assert restore_access(HERE) == []


def test_workers_restore_the_users_by_themselves(pro: tuple[ProxyId, Any]) -> None:
    proxy_id, own = pro
    acl.drop_user(user_of(proxy_id))

    stage_periodic_jobs()

    assert own.ping()


def test_the_command_alone_changes_nothing() -> None:
    proxy_id = fleet.pro_proxy()

    told = run(str(proxy_id), "--print")

    assert f"ACL SETUSER proxy-{proxy_id} reset on #" in told
    assert acl.users() == {"default", "keeper"}
    assert acl.noted(HERE) == {}


def test_people_are_told_the_user_and_the_password() -> None:
    proxy_id = fleet.pro_proxy()

    told = run(str(proxy_id))

    assert f"user  proxy-{proxy_id}" in told
    assert "command" not in told


def test_a_proxy_that_is_not_there_is_refused() -> None:
    with pytest.raises(CommandError, match="no-such-proxy"):
        run("nobody")


def test_a_redis_that_lets_nobody_make_users_is_told() -> None:
    [proxy] = Proxy.objects.records([fleet.pro_proxy()])
    text_client().execute_command("ACL", "SETUSER", "default", "-acl")
    try:
        with pytest.raises(AccessNotGranted):
            grant_access(proxy)
        assert acl.noted(HERE) == {}
    finally:
        _give_acl_back()


def _give_acl_back() -> None:
    """The default user gave its right away; another one, made before, has it still."""
    with log_in("keeper", "keeper") as keeper:
        keeper.execute_command("ACL", "SETUSER", "default", "+acl")
