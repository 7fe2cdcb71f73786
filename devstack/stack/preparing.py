"""What is done to a folder and its Redis before clients may come."""

from devstack.stack.chores import DEMO_DATA
from devstack.stack.part import Surroundings, run_to_end
from devstack.stack.parts import python
from devstack.stack.place import StackPlace
from devstack.stack.signs import Log, answers, until

_CHORES = "devstack.stack.chores"


async def prepare(around: Surroundings) -> None:
    """Check the store and prepare it, gather the admin's files; at each start."""
    await run_to_end("preparing the store", python("-m", _CHORES, "prepare"), around)


async def seed(place: StackPlace, around: Surroundings) -> None:
    """Make the admin's account and the demo data, the first time; does nothing later."""
    done = place.folder / "seeded"
    if done.exists():
        return
    wanted = around.environment.get(DEMO_DATA, "yes") != "no"
    if wanted:
        around.say("first start: making demo data")
    await run_to_end("making demo data", python("-m", _CHORES, "found"), around)
    if wanted:
        # Clients may come when there is something to answer them: the first jobs are done.
        await until(answers(place.config, "/proxies.yaml.gz"), Log(around.logs / "worker.log"))
    done.touch()
