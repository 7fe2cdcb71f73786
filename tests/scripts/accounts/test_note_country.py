"""``accounts/note_country``: one test an outcome, and what follows."""

import pytest
import redis

from accounts.keys import USERS
from accounts.managers.countries import note_country
from accounts.services.countries import PAUSE_MS, tell_country
from lantern_pro.jobs.job import Work
from lantern_pro.store.keys import new_id
from lantern_pro.types import Millis, UserId
from proxies.services.states import block_proxy
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")


def _note(user_id: UserId, country: str, *, now: int = 10 * PAUSE_MS) -> str:
    return note_country(
        user_id=user_id, country=country, now=Millis(now), pause_ms=PAUSE_MS, work=Work(HERE)
    )


def test_noted_the_account_has_the_country() -> None:
    user_id = fleet.pro_user()

    assert _note(user_id, "IR") == "noted"
    assert fleet.access(user_id).country == "IR"


def test_same_the_country_that_is_known_changes_nothing() -> None:
    user_id = fleet.pro_user()
    _note(user_id, "IR")

    assert _note(user_id, "IR", now=20 * PAUSE_MS) == "same"


def test_lately_another_country_waits_for_a_day() -> None:
    user_id = fleet.pro_user()
    _note(user_id, "IR")

    assert _note(user_id, "TR", now=11 * PAUSE_MS - 1) == "lately"
    assert fleet.access(user_id).country == "IR"
    assert _note(user_id, "TR", now=11 * PAUSE_MS) == "noted"


def test_no_such_user_of_somebody_erased_nothing_is_written(any_redis: redis.Redis) -> None:
    erased = UserId(new_id(HERE))

    assert _note(erased, "IR") == "no_such_user"
    assert not any_redis.exists(USERS.row(erased))


def test_who_comes_to_where_their_proxy_is_blocked_gets_another() -> None:
    blocked, user_id = fleet.pro_proxy(), fleet.pro_user()
    block_proxy(blocked, ["IR"])
    before = fleet.assigned(user_id)
    other = fleet.pro_proxy(city="Bern")
    another = fleet.pro_proxy(city="Riga")

    tell_country(user_id, told="IR", known="")
    fleet.run_jobs()

    assert blocked in before
    assert fleet.proxies_of(user_id) == {other, another}
    assert fleet.broken_laws() == []


def test_an_empty_country_tells_nothing() -> None:
    user_id = fleet.pro_user(country="IR")

    tell_country(user_id, told="", known="IR")

    assert fleet.access(user_id).country == "IR"
