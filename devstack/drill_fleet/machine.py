"""The state machine: any acts at once, any faults, any order; and then everything must be right."""

import logging
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from random import Random  # noqa: TID251 - the order of turns is no secret
from typing import ClassVar, Final

from django.test import override_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from devstack.drill_fleet import truth
from devstack.drill_fleet.acts import (
    COUNTRIES,
    SILENCES,
    STATES,
    Act,
    AddProxy,
    Beat,
    Block,
    Bridge,
    ChangeState,
    Clockwork,
    ImportList,
    MoveAllOff,
    MoveOne,
    Unblock,
    Watch,
)
from devstack.drill_fleet.ground import Ground
from devstack.drill_fleet.luck import repeatable
from devstack.drill_fleet.people import (
    AddDevice,
    Erase,
    Pay,
    RemoveDevice,
    ResetToken,
    SignUp,
    TellCountry,
)
from devstack.drill_fleet.readers import told_wrongly
from devstack.drill_fleet.tally import Screams, Tally
from devstack.drill_fleet.turns import KINDS, Actor, Fault, play
from devstack.drill_fleet.work import Sweep, Work, settle
from devstack.drill_fleet.world import DAY_MS, World
from lantern_pro import clock
from lantern_pro.store.client import text_client
from lantern_pro.support.laws import check_laws
from proxies import keys
from proxies.services.importing import Differing

NUMBERS: Final = st.integers(0, 11)
FEW: Final = st.integers(1, 3)
SPANS: Final = (60_000, 3_600_000, DAY_MS, 13 * DAY_MS, 40 * DAY_MS)
SETTINGS: Final = {
    "FREE_BUCKETS": 3,
    "BRIDGE_2016": True,
    "BRIDGE_2016_DEVICES": "set",
    "PLACEMENT_SECRET": b"drill" * 8,
    "PROXY_MOST_DOWN_PERCENT": 60,
}

_proxies = st.builds(
    AddProxy,
    number=st.integers(0, 30),
    capacity=FEW,
    site=st.integers(0, 8),
    is_free=st.sampled_from([False, False, True]),
)
_countries = st.sampled_from(COUNTRIES)
_acts: st.SearchStrategy[Act] = st.one_of(
    _proxies,
    st.builds(
        ImportList,
        st.lists(_proxies, min_size=1, max_size=3).map(tuple),
        st.sampled_from(Differing),
    ),
    st.builds(ChangeState, NUMBERS, st.sampled_from(STATES)),
    st.builds(Block, NUMBERS, _countries),
    st.builds(Unblock, NUMBERS),
    st.builds(Beat, NUMBERS, st.sampled_from(SILENCES)),
    st.builds(Watch),
    st.builds(MoveAllOff, NUMBERS),
    st.builds(MoveOne, NUMBERS, NUMBERS, NUMBERS),
    st.builds(Clockwork, st.booleans()),
    st.builds(Bridge, NUMBERS, st.booleans()),
    st.builds(SignUp),
    st.builds(Pay, NUMBERS, st.sampled_from((1, 30)), st.integers(0, 3)),
    st.builds(Pay, NUMBERS, st.just(30)),
    st.builds(ResetToken, NUMBERS),
    st.builds(AddDevice, NUMBERS, st.integers(0, 3)),
    st.builds(RemoveDevice, NUMBERS, st.integers(0, 3)),
    st.builds(TellCountry, NUMBERS, _countries),
    st.builds(Erase, NUMBERS),
    st.builds(Sweep),
    st.builds(Work, st.sampled_from((2, 16)), FEW),
    st.builds(Work, st.just(16), FEW),
)
_faults = st.none() | st.builds(Fault, st.integers(0, 9), st.sampled_from(KINDS))
_people = st.lists(
    st.tuples(st.lists(_acts, min_size=1, max_size=4), _faults), min_size=1, max_size=4
)
_crowd = st.lists(
    st.tuples(st.lists(_acts, min_size=3, max_size=5), _faults), min_size=3, max_size=5
)
_workers = st.lists(st.tuples(st.builds(Work, st.just(16), FEW), _faults), max_size=2)


class FleetMachine(RuleBasedStateMachine):
    """What may happen to a fleet; ``ground`` and ``tally`` are its run's."""

    ground: ClassVar[Ground]
    tally: ClassVar[Tally]

    def __init__(self) -> None:
        """Begin with an empty store."""
        super().__init__()
        self.ground.clear()
        self.world = World(self.ground)
        self.tally.machines += 1
        self.screams = Screams()
        self._held = ExitStack()
        self._held.enter_context(override_settings(**SETTINGS))
        self._held.enter_context(repeatable(0))
        logging.getLogger("lantern_pro").addHandler(self.screams)
        self._held.callback(logging.getLogger("lantern_pro").removeHandler, self.screams)

    @initialize(
        fleet=st.lists(_proxies, min_size=2, max_size=6, unique_by=lambda each: each.number),
        users=st.integers(1, 6),
    )
    def begin(self, fleet: list[AddProxy], users: int) -> None:
        """There are a few proxies and a few users, all of whom pay."""
        acts: list[Act] = [
            *fleet,
            *[SignUp()] * users,
            *(Pay(number, 30) for number in range(users)),
        ]
        self._play([(acts, None)], 0)

    @rule(people=_people, workers=_workers, order=st.integers(0, 1 << 16))
    def together(
        self,
        people: list[tuple[list[Act], Fault | None]],
        workers: list[tuple[Work, Fault | None]],
        order: int,
    ) -> None:
        """Some act at once, while workers work."""
        self._play_all(people, workers, order)

    @rule(people=_crowd, workers=_workers, order=st.integers(0, 1 << 16))
    def crowded(
        self,
        people: list[tuple[list[Act], Fault | None]],
        workers: list[tuple[Work, Fault | None]],
        order: int,
    ) -> None:
        """Many do much at once."""
        self._play_all(people, workers, order)

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: int) -> None:
        """It is later; after a day users may be moved again."""
        self.world.shift_ms += span
        if span >= DAY_MS:
            for user_id in self.world.users:
                text_client().delete(keys.MOVES_OF(user_id=user_id))
        self.tally.acts["TimePasses"] += 1

    @rule(reader=NUMBERS, country=NUMBERS)
    def somebody_reads(self, reader: int, country: int) -> None:
        """Whatever is under way, nobody is told of who is retired, or blocked where they are."""
        self._read(reader, country, at_rest=False)

    @rule(power_cut=st.integers(0, 7), reader=NUMBERS)
    def all_comes_to_rest(self, power_cut: int, reader: int) -> None:
        """Faults end, jobs run; then every law holds, and the fleet is as it must be."""
        if power_cut == 1:
            self.tally.power_cuts += 1
            self.ground.power_cut()
        self.tally.settled += 1
        self._hold(settle(self.world))
        with clock.shifted(self.world.shift_ms):
            self._hold(truth.always(self.world))
            self._hold(truth.at_rest())
            broken = [
                f"law {finding.law.number}: {fault}"
                for finding in check_laws()
                for fault in finding.faults
            ]
        self._hold(broken)
        self._read(reader, reader, at_rest=True)

    def teardown(self) -> None:
        """Leave the store as it is, for whoever looks."""
        self.tally.jobs += self.world.jobs
        self._held.close()

    def _play_all(
        self,
        people: list[tuple[list[Act], Fault | None]],
        workers: list[tuple[Work, Fault | None]],
        order: int,
    ) -> None:
        self._play([*people, *(([work], fault) for work, fault in workers)], order)

    def _play(self, parts: Sequence[tuple[Sequence[Act], Fault | None]], order: int) -> None:
        self.world.look()
        actors = [Actor(partial(self._do, acts), fault) for acts, fault in parts]
        play(actors, shift_ms=self.world.shift_ms, order=Random(order))
        for actor in actors:
            self.tally.scripts += actor.scripts
            if actor.struck and actor.fault:
                self.tally.faults[actor.fault.kind] += 1
            if actor.error is not None:
                raise actor.error
        with clock.shifted(self.world.shift_ms):
            self._hold(truth.always(self.world))
        self._hold(self.screams.heard)

    def _do(self, acts: Iterable[Act]) -> None:
        for act in acts:
            self.tally.acts[type(act).__name__] += 1
            try:
                act(self.world)
            except LookupError:
                self.tally.refused += 1

    def _read(self, reader: int, country: int, *, at_rest: bool) -> None:
        self.tally.polls += 1
        with clock.shifted(self.world.shift_ms):
            self._hold(told_wrongly(self.world, reader=reader, country=country, at_rest=at_rest))

    def _hold(self, faults: Iterable[str]) -> None:
        told = list(chain(faults))
        assert not told, "\n".join(told)
