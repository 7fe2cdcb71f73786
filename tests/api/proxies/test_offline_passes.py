"""The reference http-proxy out of touch: what it knows counts on, and passes besides."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devstack.network import Network, network_to
from devstack.redis_server import RedisPlace, running
from lantern_pro import clock
from lantern_pro.types import ProxyId, UserId
from proxies.services import passes
from tests import fleet
from tests.processes import eventually
from tests.through import Through, linked, pass_of, running_proxy, store_at

pytestmark = pytest.mark.stack

HOUR = 3600
OUT_OF_TOUCH = 60


@dataclass(slots=True)
class Ground:
    """A proxy with a clock that can be set ahead, behind a network that can be cut."""

    place: RedisPlace
    network: Network
    through: Through
    clock: Path

    def ahead(self, seconds: float) -> None:
        """Let it be later, for the proxy."""
        draft = self.clock.with_suffix(".new")
        draft.write_text(str(seconds))
        draft.replace(self.clock)

    def lets_in(self, proxy_id: ProxyId, user_id: UserId, its_pass: str) -> bool:
        """Whether a client of this user that shows this pass is let in."""
        return self.through.admits(proxy_id, user_id, its_pass=its_pass)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Everything runs."""
    folder = tmp_path_factory.mktemp("offline")
    file = folder / "clock"
    file.write_text("0")
    with (
        running(RedisPlace.in_folder(folder / "redis")) as place,
        network_to(place.port) as network,
    ):
        url = place.url.replace(str(place.port), str(network.port))
        with running_proxy("--clock", str(file), REDIS_URL=url) as (through, _):
            yield Ground(place, network, through, file)


@pytest.fixture
def ground(started: Ground) -> Iterator[Ground]:
    """The network is whole, the store empty, and the clocks agree."""
    with store_at(started.place) as client:
        client.flushall()
        started.ahead(0)
        started.network.mend()
        yield started


def test_out_of_touch_a_pass_admits_whom_the_proxy_has_not_heard_of(ground: Ground) -> None:
    proxy_id, _ = linked(ground.through)
    ground.network.cut()
    newcomer = fleet.pro_user()
    fleet.assigned(newcomer)
    its_pass = pass_of(newcomer, proxy_id)

    in_touch_still = ground.lets_in(proxy_id, newcomer, its_pass)
    ground.ahead(OUT_OF_TOUCH)

    assert not in_touch_still
    assert ground.lets_in(proxy_id, newcomer, its_pass)
    assert not ground.lets_in(proxy_id, newcomer, "")
    assert not ground.lets_in(proxy_id, fleet.pro_user(), its_pass)


def test_in_touch_a_pass_helps_nobody_who_was_removed(ground: Ground) -> None:
    proxy_id, user_id = linked(ground.through)
    its_pass = pass_of(user_id, proxy_id)

    fleet.end_pro_time(user_id)
    fleet.release(user_id)

    eventually(lambda: not ground.lets_in(proxy_id, user_id, its_pass))


def test_who_was_heard_to_be_removed_is_refused_out_of_touch_too(ground: Ground) -> None:
    proxy_id, user_id = linked(ground.through)
    its_pass = pass_of(user_id, proxy_id)
    fleet.end_pro_time(user_id)
    fleet.release(user_id)
    eventually(lambda: not ground.lets_in(proxy_id, user_id, ""))

    ground.network.cut()
    ground.ahead(OUT_OF_TOUCH)

    assert not ground.lets_in(proxy_id, user_id, its_pass)


def test_what_the_proxy_knows_counts_for_a_passs_life_and_no_longer(ground: Ground) -> None:
    proxy_id, user_id = linked(ground.through)
    ground.network.cut()

    ground.ahead(23 * HOUR)
    after_a_day = ground.lets_in(proxy_id, user_id, "")
    ground.ahead(25 * HOUR)

    assert after_a_day
    assert not ground.lets_in(proxy_id, user_id, "")


def test_a_pass_runs_out_and_the_next_one_is_good(ground: Ground) -> None:
    proxy_id, user_id = linked(ground.through)
    its_pass = pass_of(user_id, proxy_id)
    left_ms = passes.read(its_pass).good_until * 1000 - clock.now()
    with clock.shifted(left_ms + 60_000):
        fleet.assigned(user_id, "later")
        renewed = pass_of(user_id, proxy_id)
    ground.network.cut()

    ground.ahead(25 * HOUR)

    assert not ground.lets_in(proxy_id, user_id, its_pass)
    assert ground.lets_in(proxy_id, user_id, renewed)


def test_back_in_touch_the_set_alone_decides_again(ground: Ground) -> None:
    proxy_id, user_id = linked(ground.through)
    its_pass = pass_of(user_id, proxy_id)
    ground.network.cut()
    fleet.end_pro_time(user_id)
    fleet.release(user_id)
    ground.ahead(OUT_OF_TOUCH)
    unheard = ground.lets_in(proxy_id, user_id, its_pass)

    ground.network.mend()

    assert unheard  # within the stated lag
    eventually(lambda: not ground.lets_in(proxy_id, user_id, its_pass))
