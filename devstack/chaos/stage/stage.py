"""The whole stage: two workers, pro-server, two Redis, the vendors, and the wires between."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from devstack.chaos.stage.actor import Actor
from devstack.chaos.stage.clocks import Clock
from devstack.chaos.stage.place import INDEX_SECONDS, LEASE_MS, bell_of, environment, store_of
from devstack.chaos.wire.frames import http_ending, redis_ending
from devstack.chaos.wire.link import Judge, Link, Route
from devstack.chaos.wire.step import HttpSteps, RedisSteps, Steps
from devstack.redis_server import RedisPlace
from devstack.stack import parts
from devstack.stack.guard import Guard
from devstack.stack.part import Part
from devstack.stack.place import HOST, StackPlace
from devstack.stack.signs import pongs

WORKERS: Final = ("worker-1", "worker-2")
STORE: Final = "store"
BELL: Final = "bell"


@dataclass(frozen=True, slots=True)
class Setting:
    """What may differ from one stage to another."""

    lease_ms: int = LEASE_MS
    with_clocks: bool = False


class Stage:
    """Real processes, each with wires of its own to everybody that it speaks to."""

    def __init__(
        self, place: StackPlace, judge: Judge, scripts: Mapping[str, str], setting: Setting
    ) -> None:
        """Start nothing yet; ``scripts`` are the names of Lua scripts by their SHA-1."""
        self.place = place
        self.setting = setting
        self.actors: dict[str, Actor] = {}
        self.clocks: dict[str, Clock] = {}
        self.client_port = 0
        self._judge = judge
        self._redis_steps = RedisSteps(scripts)
        self._links: dict[str, list[Link]] = {}
        self._guard = Guard()
        self._guarding: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Bring everything up; ``StackError`` when something does not come."""
        place = self.place
        place.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.static.mkdir(parents=True, exist_ok=True)
        if self.setting.with_clocks:
            self.clocks = {
                name: Clock(place.folder / f"{name}.clock") for name in ("store", "ours")
            }
        self._guarding = asyncio.create_task(self._guard.run())
        await self._start_what_keeps_state()
        self.client_port = await self._link("client", "pro-server", place.pro, HttpSteps())
        ours = [*self._workers(), self._pro_server()]
        seen = [await self._seen_from(part) for part in ours]
        await asyncio.gather(*map(self._up, ours, seen))

    async def close(self) -> None:
        """End every process and every wire."""
        await asyncio.gather(*(actor.close() for actor in self.actors.values()))
        await asyncio.gather(*(link.stop() for each in self._links.values() for link in each))
        if self._guarding:
            self._guarding.cancel()
            await asyncio.wait({self._guarding})
        self.actors, self._links, self.clocks = {}, {}, {}

    async def well_enough(self) -> None:
        """Wait until each part works, one worker at least."""
        single = [actor for name, actor in self.actors.items() if name not in WORKERS]
        await asyncio.gather(*(actor.wait_until_ready() for actor in single))
        workers = [self.actors[name].wait_until_ready() for name in WORKERS]
        done, others = await asyncio.wait(
            [asyncio.ensure_future(each) for each in workers], return_when=asyncio.FIRST_COMPLETED
        )
        for task in others:
            task.cancel()
        for task in done:
            task.result()

    def workers_are_well(self) -> bool:
        """Whether every worker runs, ready and not stopped."""
        return all(self.actors[name].is_well for name in WORKERS)

    def store_time(self) -> float:
        """What Redis's clock shows."""
        return time.time() + (self.clocks["store"].ahead if "store" in self.clocks else 0.0)

    async def hold(self, actor: str, seconds: float) -> None:
        """Part a process from everybody for a while: what was said arrives, but late."""
        links = self._links.get(actor, [])
        for link in links:
            link.hold()
        try:
            await asyncio.sleep(seconds)
        finally:
            for link in links:
                link.release()

    async def _start_what_keeps_state(self) -> None:
        place = self.place
        webhooks = await self._link("stripe", "pro-server", place.pro, HttpSteps())
        stripe, mandrill = parts.stand_ins(replace(place, pro=webhooks))
        slow = replace(mandrill, command=[*mandrill.command, "--index-delay", str(INDEX_SECONDS)])
        store_clock = self.clocks["store"].environment if "store" in self.clocks else {}
        told = environment(place)
        await asyncio.gather(
            self._up(_redis(STORE, store_of(place), fsync="always"), {**told, **store_clock}),
            self._up(_redis(BELL, bell_of(place), fsync="no"), told),
            self._up(stripe, told),
            self._up(slow, told),
        )

    def _workers(self) -> list[Part]:
        worker, *others = parts.workers()
        numbered = [
            replace(worker, name=name, command=[*worker.command, f"--hostname={name}@{HOST}"])
            for name in WORKERS
        ]
        return [*numbered, *others]

    def _pro_server(self) -> Part:
        return next(part for part in parts.edges(self.place) if part.name == "pro-server")

    async def _seen_from(self, part: Part) -> dict[str, str]:
        """The environment of a process of ours: whomever it speaks to, it does so by a wire."""
        place, actor = self.place, part.name
        store, bell = store_of(place), bell_of(place)
        to_store = await self._link(actor, STORE, store.port, self._redis_steps)
        to_bell = await self._link(actor, BELL, bell.port, self._redis_steps)
        to_stripe = await self._link(actor, "stripe", place.stripe, HttpSteps())
        to_mandrill = await self._link(actor, "mandrill", place.mandrill, HttpSteps())
        return {
            **environment(place),
            "LANTERN_JOB_LEASE_MS": str(self.setting.lease_ms),
            **(self.clocks["ours"].environment if "ours" in self.clocks else {}),
            "REDIS_URL": replace(store, port=to_store).url,
            "LANTERN_BROKER_URL": replace(bell, port=to_bell).url,
            "STRIPE_API_BASE": place.url(to_stripe),
            "MANDRILL_API_BASE": f"{place.url(to_mandrill)}/api/1.0/",
        }

    async def _link(self, actor: str, target: str, port: int, steps: Steps) -> int:
        ending = redis_ending if isinstance(steps, RedisSteps) else http_ending
        link = Link(Route(actor, target, port, steps, ending), self._judge)
        self._links.setdefault(actor, []).append(link)
        return await link.start()

    async def _up(self, part: Part, told: Mapping[str, str]) -> None:
        actor = Actor(part, told, self.place.logs, self._guard)
        self.actors[part.name] = actor
        await actor.start()


def _redis(name: str, place: RedisPlace, *, fsync: str) -> Part:
    return Part(name, place.command(fsync=fsync), pongs(place.port, place.password))
