"""What a fault does at its step: before the request goes on, or when it was answered."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from devstack.chaos.stage.powers import Powers
from devstack.chaos.stage.stage import STORE
from devstack.chaos.wire.link import Break, Part, Passage

# Both vendors' own words for it, in one.
_TROUBLE: Final = (
    b'{"status": "error", "code": -99, "name": "GeneralError", "message": "A fault.", '
    b'"error": {"type": "api_error", "message": "A fault."}}'
)
_FAILURE: Final = (
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_TROUBLE), _TROUBLE)
)
_PATIENCE: Final = 8
_PUSHED: Final = b":1\r\n"


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a fault strikes. ``long`` is longer than a lease, ``share`` lies between 0 and 1.

    ``struck`` is for the fault that takes two: it says so when both have come.
    """

    powers: Powers
    actor: str
    job_id: str
    long: float
    share: float
    struck: Callable[[], None]


Before = Callable[[Scene, bytes], Awaitable[Passage]]
After = Callable[[Scene, bytes], Awaitable[bytes]]


async def lose(_scene: Scene, _message: bytes) -> Passage:
    """Cut the connection; the request never arrives."""
    raise Break


async def lose_answer(_scene: Scene, _answer: bytes) -> bytes:
    """Cut the connection; it was done, but nobody is told."""
    raise Break


async def tear_answer(scene: Scene, answer: bytes) -> bytes:
    """Cut the connection within the answer."""
    raise Part(answer[: int(scene.share * len(answer))])


async def hold(scene: Scene, _request: bytes) -> Passage:
    """Let everything that the process says and hears be late."""
    await scene.powers.hold(scene.actor, scene.long)
    return Passage()


async def kill(scene: Scene, _request: bytes) -> Passage:
    """Kill the process; its request dies with it."""
    await scene.powers.kill(scene.actor)
    raise Break


async def kill_when_done(scene: Scene, _answer: bytes) -> bytes:
    """Kill the process before it hears the answer."""
    await scene.powers.kill(scene.actor)
    raise Break


async def stop(scene: Scene, _request: bytes) -> Passage:
    """Stop the process just before its request arrives, which it then does, late."""
    await scene.powers.stop(scene.actor, scene.long)
    return Passage()


async def stop_when_done(scene: Scene, answer: bytes) -> bytes:
    """Stop the process just before it hears the answer."""
    await scene.powers.stop(scene.actor, scene.long)
    return answer


async def be_overtaken(scene: Scene, _request: bytes) -> Passage:
    """Stop before a commit, until another worker is about to commit the same job; then go on."""
    if await scene.powers.meet(scene.actor, scene.job_id, _PATIENCE * scene.long):
        scene.struck()
    return Passage()


async def part(scene: Scene, answer: bytes) -> bytes:
    """Let the one who has overtaken go on, too."""
    scene.powers.part(scene.job_id)
    return answer


async def kill_redis(scene: Scene, _request: bytes) -> Passage:
    """Kill Redis before it reads the request."""
    await scene.powers.kill(STORE)
    raise Break


async def kill_redis_when_done(scene: Scene, answer: bytes) -> bytes:
    """Kill Redis; what it has answered must be on disk."""
    await scene.powers.kill(STORE)
    return answer


async def be_silent(scene: Scene, _request: bytes) -> Passage:
    """Do nothing, answer nothing, hang up in the end."""
    await asyncio.sleep(scene.long)
    raise Break


async def be_silent_when_done(scene: Scene, _answer: bytes) -> bytes:
    """Answer nothing, hang up in the end."""
    await asyncio.sleep(scene.long)
    raise Break


async def fail(_scene: Scene, _request: bytes) -> Passage:
    """Do nothing and answer with status 500."""
    return Passage(answer=_FAILURE)


async def fail_when_done(_scene: Scene, _answer: bytes) -> bytes:
    """Answer with status 500, although it is done."""
    return _FAILURE


async def double(_scene: Scene, _request: bytes) -> Passage:
    """Let the request arrive twice."""
    return Passage(times=2)


async def drop_message(_scene: Scene, _request: bytes) -> Passage:
    """Lose a message, and say that it was taken."""
    return Passage(answer=_PUSHED)


async def delay_message(scene: Scene, request: bytes) -> Passage:
    """Let a message arrive behind those that are sent after it."""
    scene.powers.ring_later(request, scene.long)
    return Passage(answer=_PUSHED)


async def empty_bell(scene: Scene, _request: bytes) -> Passage:
    """Lose all messages but this one."""
    await scene.powers.empty_bell()
    return Passage()


async def silence_bell(scene: Scene, _request: bytes) -> Passage:
    """Kill the broker's Redis and keep it down for a while."""
    scene.powers.silence_bell(scene.long)
    raise Break


def step_clock(name: str, leases: float) -> Before:
    """Step a clock by so many times ``long``."""

    async def step(scene: Scene, _request: bytes) -> Passage:
        scene.powers.step_clock(name, leases * scene.long)
        return Passage()

    return step
