"""The fleet drilled at random, in short; and that the drill sees a fleet that is broken.

``make drill-fleet`` is the long form: docs/fleet-drill.md.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 - the order of turns is no secret

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test
from pytest_django import Settings

from devstack.drill_fleet.acts import AddProxy, Bridge
from devstack.drill_fleet.ground import HERE, Ground, ground
from devstack.drill_fleet.machine import FleetMachine
from devstack.drill_fleet.tally import Tally
from devstack.drill_fleet.turns import KINDS, Actor, Fault, play
from devstack.drill_fleet.world import World
from devstack.stack.place import ROOT
from lantern_pro.store.client import text_client
from proxies import keys
from proxies.services import bridge

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

LEFT_AT_HOME = (".*", "var", "docs", "tests", "__pycache__", "node_modules")
NO_CAPACITY = (
    "proxies/lua/lib/count_users.lua",
    "load < tonumber(capacity)",
    "load <= tonumber(capacity)",
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A Redis that may be killed."""
    with ground(tmp_path_factory.mktemp("drill")) as made:
        yield made


def test_whatever_happens_at_once_leaves_the_fleet_as_it_must_be(here: Ground) -> None:
    class Machine(FleetMachine):
        ground = here
        tally = Tally()

    run_state_machine_as_test(
        Machine,
        settings=hypothesis_settings(
            derandomize=True,
            max_examples=6,
            stateful_step_count=20,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert Machine.tally.operations > 100
    assert Machine.tally.settled > 1
    assert Machine.tally.faults.total() > 0


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_strikes_where_it_should(here: Ground, kind: str) -> None:
    here.clear()
    here.clients[0].script_flush()  # Redis has to be told each script, as after its start
    world, add = World(here), AddProxy(number=1, capacity=1, site=0)
    actor = Actor(partial(add, world), Fault(0, kind))  # type: ignore[arg-type]

    play([actor], shift_ms=0, order=Random(0))

    world.look()
    is_there = bool(text_client().zcard(keys.PROXIES.by("id", cell=HERE)))
    assert (actor.struck, actor.error) == (True, None)
    assert actor.died == kind.startswith("dies")
    assert is_there == (kind != "dies before")


def test_a_proxy_of_2016_may_be_connected_while_somebody_looks_who_is_behind(
    here: Ground, settings: Settings
) -> None:
    settings.BRIDGE_2016 = True
    for order in range(12):
        here.clear()
        world = World(here)
        for number in range(4):
            AddProxy(number=number, capacity=1, site=0)(world)
        world.look()
        actors = [
            Actor(partial(_look_who_is_behind, world)),
            *(Actor(partial(Bridge(number, is_on=True), world)) for number in range(4)),
        ]

        play(actors, shift_ms=0, order=Random(order))

        assert [actor.error for actor in actors] == [None] * len(actors)


def _look_who_is_behind(_world: World) -> None:
    list(bridge.behind(HERE))


def test_the_drill_sees_a_fleet_that_is_broken(tmp_path: Path) -> None:
    tree = Path(
        shutil.copytree(ROOT, tmp_path / "tree", ignore=shutil.ignore_patterns(*LEFT_AT_HOME))
    )
    path, right, wrong = NO_CAPACITY
    source = (tree / path).read_text()
    assert right in source
    (tree / path).write_text(source.replace(right, wrong))
    options = "--ops 400 --seed 3 --processes 1 --failures 1 --as-found"

    done = subprocess.run(
        [sys.executable, "-m", "devstack.drill_fleet", *options.split(), "--out", str(tmp_path)],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )

    report = json.loads((tmp_path / "report.json").read_text())
    assert done.returncode == 1
    assert report["goals"][1]["met"] is False
    assert re.search("more than|in the open index", done.stderr)
