"""Everything that a run needs at hand: stage, umpire, witness, powers, and the vendors' books."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from devstack.chaos.clients.app import Gateways
from devstack.chaos.clients.at_stripe import AtStripe
from devstack.chaos.counting.vendors import Vendors
from devstack.chaos.faults.umpire import Umpire
from devstack.chaos.stage.powers import Powers
from devstack.chaos.stage.stage import Setting, Stage
from devstack.chaos.witness import Witness
from devstack.stack.own_secrets import own_secrets
from devstack.stack.place import StackPlace
from lantern_pro.store.scripts import all_scripts


@dataclass(frozen=True, slots=True)
class Theatre:
    """One stage that is up, and whoever watches it."""

    stage: Stage
    umpire: Umpire
    witness: Witness
    powers: Powers
    vendors: Vendors

    def begin_act(self, name: str) -> None:
        """Let an act of a short play begin, in which steps are struck apart from other acts."""
        self.umpire.act = name

    @property
    def at_stripe(self) -> AtStripe:
        """What customers, banks and time do at Stripe."""
        return AtStripe(self.stage.place.url(self.stage.place.stripe))

    @property
    def gateways(self) -> Gateways:
        """Where clients go."""
        place = self.stage.place
        kept = own_secrets(place.folder)
        return Gateways(
            pro_port=self.stage.client_port,
            stripe_port=place.stripe,
            stripe_key=kept["STRIPE_PUBLISHABLE_KEY"],
            proxy_secret=kept["LANTERN_PROXY_FORWARD_SECRET"],
        )


@asynccontextmanager
async def theatre(place: StackPlace, setting: Setting) -> AsyncIterator[Theatre]:
    """Bring a stage up for the length of the block."""
    witness = Witness()
    umpire = Umpire(witness, lease_seconds=setting.lease_ms / 1000)
    names = {script.sha: script.name for script in all_scripts()}
    stage = Stage(place, umpire, names, setting)
    powers = Powers(stage, witness.fell)
    umpire.powers = powers
    try:
        await stage.start()
        yield Theatre(stage, umpire, witness, powers, Vendors(place.folder))
    finally:
        await asyncio.shield(stage.close())
