"""What is done to a folder and its Redis before clients may come."""

import asyncio
from typing import Final

from devstack.stack.own_secrets import ADMIN_LOGIN, ADMIN_PASSWORD
from devstack.stack.part import Surroundings, run_to_end
from devstack.stack.parts import manage
from devstack.stack.place import HOST, StackPlace
from devstack.stack.signs import Log, answers, until

DEMO_DATA: Final = "LANTERN_DEMO_DATA"


async def prepare(around: Surroundings) -> None:
    """Gather the admin's files, check the store, prepare it; each time, and always the same."""
    await asyncio.gather(
        run_to_end(
            "gathering the admin's files",
            manage("collectstatic", "--noinput", "--verbosity=0"),
            around,
        ),
        _prepare_store(around),
    )


async def _prepare_store(around: Surroundings) -> None:
    await run_to_end("checking the store", manage("check", "--database", "default"), around)
    await run_to_end("preparing the store", manage("prepare_store"), around)


async def seed(place: StackPlace, around: Surroundings) -> None:
    """Make the admin's account and the demo data, the first time; does nothing later."""
    done = place.folder / "seeded"
    if done.exists():
        return
    await run_to_end(
        "making the admin's account",
        manage("create_staff", "--username", ADMIN_LOGIN, "--role", "admin", "--password-stdin"),
        around,
        told=around.environment[ADMIN_PASSWORD],
    )
    if around.environment.get(DEMO_DATA, "yes") != "no":
        await _make_demo_data(place, around)
    done.touch()


async def _make_demo_data(place: StackPlace, around: Surroundings) -> None:
    around.say("first start: making demo data")
    proxy = f"{HOST}:{place.proxy}"
    await run_to_end("making demo data", manage("seed_demo", "--proxy", proxy), around)
    # Clients may come when there is something to answer them: the worker has done its first jobs.
    await until(answers(place.config, "/proxies.yaml.gz"), Log(around.logs / "worker.log"))
