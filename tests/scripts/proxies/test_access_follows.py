"""A proxy's user on Redis follows what was granted: on whichever Redis answers, and no longer."""

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest
import redis
from django.core.management import CommandError

from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId
from proxies import acl
from proxies.keys import ACCESS
from proxies.models import Proxy
from proxies.records import ProxyRecord
from proxies.services import access
from proxies.services.access import Granted, grant_access, restore_access, revoke_access, user_of
from proxies.services.states import drain_proxy, retire_proxy
from tests import fleet
from tests.access import may_log_in, run, with_access
from tests.fleet import HERE


@pytest.fixture(autouse=True)
def _nothing_told(no_proxy_users: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_told", {})


@pytest.fixture(params=["pro", "free"])
def proxy(request: pytest.FixtureRequest) -> Iterator[tuple[ProxyId, Any]]:
    """A proxy with a user, and its own connection."""
    yield from with_access(fleet.pro_proxy() if request.param == "pro" else fleet.free_proxy())


@pytest.fixture
def granted() -> Granted:
    """A proxy with a user."""
    return grant_access(_record(fleet.pro_proxy()))


def _record(proxy_id: ProxyId) -> ProxyRecord:
    [record] = Proxy.objects.records([proxy_id])
    return record


def _may_log_in(granted: Granted) -> bool:
    return may_log_in(granted.user, granted.password)


def _let_redis_forget(granted: Granted, digests: list[str]) -> None:
    """What an old file of users, or a replica that took over, makes of a user."""
    acl.set_user(granted.user, access.rules_of(granted.proxy, digests))
    access._told.clear()


def test_a_proxy_that_is_retired_has_no_access(proxy: tuple[ProxyId, Any]) -> None:
    proxy_id, own = proxy

    retire_proxy(proxy_id)
    drain(HERE)

    with pytest.raises(redis.RedisError):
        own.ping()
    assert restore_access(HERE) == []
    assert user_of(proxy_id) not in acl.users()


def test_a_proxy_that_drains_keeps_it(proxy: tuple[ProxyId, Any]) -> None:
    proxy_id, own = proxy

    drain_proxy(proxy_id)
    drain(HERE)

    assert own.ping()


def test_one_that_was_retired_with_access_before_loses_it(granted: Granted) -> None:
    digests = acl.digests_of(granted.proxy.id)
    retire_proxy(granted.proxy.id)
    drain(HERE)
    acl.keep(granted.proxy.id, digests)
    _let_redis_forget(granted, digests)

    restore_access(HERE)

    assert granted.user not in acl.users()
    assert acl.digests_of(granted.proxy.id) == []


def test_one_that_is_retired_is_granted_none() -> None:
    proxy_id = fleet.pro_proxy()
    retire_proxy(proxy_id)

    with pytest.raises(CommandError, match="proxy-retired"):
        run(str(proxy_id))

    assert acl.noted(HERE) == {}


def test_an_old_password_that_is_back_is_good_no_more(granted: Granted) -> None:
    old = acl.digests_of(granted.proxy.id)
    new = grant_access(granted.proxy)
    _let_redis_forget(granted, old)

    restore_access(HERE)

    assert [_may_log_in(granted), _may_log_in(new)] == [False, True]


def test_a_user_of_other_rules_gets_those_of_now(granted: Granted) -> None:
    rules = text_client().execute_command("ACL", "GETUSER", granted.user)
    text_client().execute_command("ACL", "SETUSER", granted.user, "+flushall", "~*")
    access._told.clear()

    restore_access(HERE)

    assert text_client().execute_command("ACL", "GETUSER", granted.user) == rules


def test_a_revoked_user_that_is_back_is_dropped(granted: Granted) -> None:
    digests = acl.digests_of(granted.proxy.id)
    revoke_access(granted.proxy.id)
    acl.set_user(granted.user, access.rules_of(granted.proxy, digests))

    restore_access(HERE)

    assert granted.user not in acl.users()


def test_users_that_were_not_granted_from_here_stay(granted: Granted) -> None:
    by_hand = user_of(fleet.pro_proxy())
    acl.set_user(by_hand, ["on", ">secret"])

    restore_access(HERE)

    assert acl.users() == {"default", granted.user, by_hand}


def test_a_user_revoked_while_it_is_restored_is_gone_after(
    granted: Granted, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_records, go_on = Event(), Event()
    read = Proxy.objects.records

    def slowly(proxies: list[ProxyId]) -> list[ProxyRecord]:
        at_the_records.set()
        assert go_on.wait(30)
        return read(proxies)

    acl.drop_user(granted.user)
    with monkeypatch.context() as patch:
        patch.setattr(type(Proxy.objects), "records", lambda _, proxies: slowly(proxies))
        restoring = Thread(target=restore_access, args=(HERE,))
        restoring.start()
        assert at_the_records.wait(30)
        revoke_access(granted.proxy.id)
        go_on.set()
        restoring.join()

    assert granted.user not in acl.users()
    assert text_client().hget(ACCESS(cell=HERE), str(granted.proxy.id)) == ""
