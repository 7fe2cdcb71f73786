"""How a round ended."""

from dataclasses import dataclass, field

from devstack.chaos.clients.facts import Facts
from devstack.chaos.counting.books import Books
from devstack.chaos.counting.effects import Counter, Tally, broken_laws
from devstack.chaos.faults.plans import NoFaults
from devstack.chaos.patience import patiently
from devstack.chaos.settling import Settled, settle
from devstack.chaos.theatre import Theatre


@dataclass(slots=True)
class Outcome:
    """What came of one round; ``replay`` is what to tell the command to have it again."""

    replay: str
    tally: Tally
    settled: Settled
    faults: int
    seconds: float
    laws: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    @property
    def troubles(self) -> list[str]:
        """Everything that must not be, in words."""
        tally, settled = self.tally, self.settled
        outside = [each.job_id for each in tally.doubled_mails if not each.excused]
        return [
            *(f"lost: {each}" for each in tally.lost),
            *(f"doubled: {each}" for each in tally.doubled),
            *(f"charged twice: {each}" for each in tally.doubled_charges),
            *(f"mail doubled outside the window: {each}" for each in outside),
            *(f"never done: {each}" for each in settled.stuck),
            *(f"given up: {each}" for each in settled.dead),
            *(f"broken law: {each}" for each in self.laws),
            *(f"fence: {each}" for each in self.breaches),
            *(f"a client was told: {each}" for each in tally.surprises),
        ]


async def conclude(theatre: Theatre, stories: list[Facts]) -> tuple[Tally, Settled, list[str]]:
    """Wait until nothing is on its way, and count."""
    settled = await settle(theatre.stage, theatre.powers)
    theatre.umpire.plan = NoFaults()
    vendors = theatre.vendors
    calls = theatre.witness.mail_calls
    books = Books(vendors.mails(), vendors.charges(), calls, vendors.refunds())
    tally = await patiently(Counter(books).count, stories)
    return tally, settled, await _broken_laws(theatre)


async def _broken_laws(theatre: Theatre) -> list[str]:
    """Breaches that are told twice: regular work may begin while the laws are being checked."""
    told = await patiently(lambda: list(broken_laws()))
    if not told:
        return []
    await settle(theatre.stage, theatre.powers)
    again = await patiently(lambda: set(broken_laws()))
    return [breach for breach in told if breach in again]
