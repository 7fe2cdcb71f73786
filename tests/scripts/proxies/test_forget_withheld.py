"""``proxies/forget_withheld``: the list that config-servers keep of retired proxies stays short."""

import pytest

from lantern_pro import clock
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId
from proxies import keys
from proxies.records import WITHHELD_MS
from proxies.services.health import forget_long_retired
from proxies.services.states import block_proxy, retire_proxy
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")

LONG_AGO_MS = WITHHELD_MS + 60_000


def _retired(*, ago_ms: int = 0) -> ProxyId:
    proxy_id = fleet.pro_proxy()
    with clock.shifted(-ago_ms):
        retire_proxy(proxy_id)
    return proxy_id


def _withheld() -> set[ProxyId]:
    return {ProxyId(int(each)) for each in text_client().hkeys(keys.WITHHELD(cell=HERE))}


def test_who_was_retired_long_ago_is_forgotten_and_others_are_not() -> None:
    _retired(ago_ms=LONG_AGO_MS)
    lately, blocked = _retired(), fleet.free_proxy()
    block_proxy(blocked, ["CN"])

    forgotten = forget_long_retired(HERE, more_than=0)

    assert forgotten == 1
    assert _withheld() == {lately, blocked}
    assert fleet.broken_laws() == []


def test_the_stream_of_who_is_forgotten_goes_and_others_stay() -> None:
    old, lately = fleet.pro_proxy(city="Oslo"), fleet.pro_proxy(city="Bern")
    assert fleet.assigned(fleet.pro_user()) == {old, lately}
    for proxy_id, ago_ms in ((old, LONG_AGO_MS), (lately, 0)):
        with clock.shifted(-ago_ms):
            retire_proxy(proxy_id)
        fleet.run_jobs()
    before = [fleet.told(each) != [] for each in (old, lately)]

    forget_long_retired(HERE, more_than=0)

    assert before == [True, True]
    assert [fleet.told(each) != [] for each in (old, lately)] == [False, True]
    assert fleet.broken_laws() == []


def test_who_still_has_users_is_not_forgotten() -> None:
    proxy_id, user_id = fleet.pro_proxy(), fleet.pro_user()
    fleet.assigned(user_id)
    with clock.shifted(-LONG_AGO_MS):
        retire_proxy(proxy_id)

    assert forget_long_retired(HERE, more_than=0) == 0
    assert _withheld() == {proxy_id}


def test_while_the_list_is_short_nobody_is_forgotten() -> None:
    proxy_id = _retired(ago_ms=LONG_AGO_MS)

    assert forget_long_retired(HERE) == 0
    assert _withheld() == {proxy_id}


def test_the_law_tells_one_that_was_forgotten_too_early() -> None:
    proxy_id = _retired()
    text_client().delete(keys.WITHHELD(cell=HERE))

    assert any(str(proxy_id) in fault for fault in fleet.broken_laws())
