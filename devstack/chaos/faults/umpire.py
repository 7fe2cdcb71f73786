"""The umpire: asks the plan at each step, brings the fault about, and keeps the score."""

from collections import Counter
from dataclasses import dataclass
from functools import partial

from devstack.chaos.faults.acts import Scene
from devstack.chaos.faults.plans import Drawn, NoFaults, Plan
from devstack.chaos.stage.powers import Powers
from devstack.chaos.wire.link import Passage
from devstack.chaos.wire.step import Step
from devstack.chaos.witness import Witness


class Umpire:
    """The judge of every link; strikes nothing until it is given a plan and powers."""

    def __init__(self, witness: Witness, *, lease_seconds: float) -> None:
        """See everything, and let the witness see it."""
        self.plan: Plan = NoFaults()
        self.act = ""
        self.powers: Powers | None = None
        self.struck: Counter[str] = Counter()
        self.places: Counter[str] = Counter()
        self._witness = witness
        self._lease_seconds = lease_seconds

    @property
    def score(self) -> int:
        """How many faults have struck."""
        return self.struck.total()

    def consider(self, step: Step) -> "Blow | None":
        """Whether a fault strikes here."""
        drawn = self.plan.draw(step, self.act)
        if drawn is None or self.powers is None:
            return None
        long = self._lease_seconds * (1.1 + drawn.chance.random())
        share = drawn.chance.random()
        struck = partial(self.count, drawn, step)
        scene = Scene(self.powers, step.actor, step.job_id, long, share, struck)
        return Blow(drawn, step, scene)

    def asked(self, step: Step, request: bytes) -> object:
        """A request goes on."""
        return self._witness.asked(step, request)

    def answered(self, step: Step, note: object, answer: bytes) -> None:
        """It was answered."""
        self._witness.answered(step, note, answer)

    def count(self, drawn: Drawn, step: Step) -> None:
        """A fault has struck."""
        self.struck[drawn.kind.name] += 1
        self.places[step.name] += 1


@dataclass(frozen=True, slots=True)
class Blow:
    """One fault at one step."""

    drawn: Drawn
    step: Step
    scene: Scene

    async def before(self, request: bytes) -> Passage:
        """Happen before the request goes on, if that is the fault's moment."""
        kind = self.drawn.kind
        if kind.before is None:
            return Passage()
        if not kind.takes_two:
            self.scene.struck()
        return await kind.before(self.scene, request)

    async def after(self, answer: bytes) -> bytes:
        """Happen when it was answered, if that is the fault's moment."""
        kind = self.drawn.kind
        if kind.after is None:
            return answer
        if kind.before is None:
            self.scene.struck()
        return await kind.after(self.scene, answer)
