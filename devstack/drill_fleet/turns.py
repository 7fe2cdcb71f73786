"""Actors at once, in an order that is drawn: before each command to Redis another may go first.

Each actor is a thread, but only one runs at any time: it hands the turn back before it sends its
next command. So the interleavings are those of processes, down to the single command, and the same
seed brings the same one again. A fault strikes an actor at one of its scripts.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - the order of turns is no secret
from typing import Final, Literal

from lantern_pro import clock
from lantern_pro.errors import LanternError

Kind = Literal["dies before", "dies after", "cut before", "cut after", "overtaken"]
KINDS: Final[tuple[Kind, ...]] = (
    "dies before",
    "dies after",
    "cut before",
    "cut after",
    "overtaken",
)
GOES_ON: Final = 0.4
"""How likely it is that the actor who had the last turn has the next."""


class Died(BaseException):
    """The process that the actor stands for is gone: it does nothing more, and tidies nothing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What befalls an actor at its script of this number, from 0."""

    at_script: int
    kind: Kind


@dataclass(slots=True)
class Actor:
    """Somebody who does something, and what became of it."""

    what: Callable[[], None]
    fault: Fault | None = None
    scripts: int = 0
    ended: bool = False
    asleep: bool = False
    struck: bool = False
    died: bool = False
    error: BaseException | None = None
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def meet(self, *, is_script: bool) -> Kind | None:
        """The fault that strikes at this command."""
        if not is_script:
            return None
        number, self.scripts = self.scripts, self.scripts + 1
        if self.fault is None or self.fault.at_script != number:
            return None
        self.struck = True
        return self.fault.kind

    def put_off(self) -> None:
        """Take the last strike back: Redis did not know that script, and gets it whole now."""
        self.struck = False
        self.scripts -= 1


_here = threading.local()
_handed_back = threading.Semaphore(0)


def at_hand() -> Actor | None:
    """The actor who has the turn; None outside a play."""
    return getattr(_here, "actor", None)


def wait_for_turn(actor: Actor) -> None:
    """Let others go first, until the turn comes back."""
    _handed_back.release()
    actor.turn.acquire()


def play(actors: Sequence[Actor], *, shift_ms: int, order: Random) -> None:
    """Let all of them act at once until each has ended; what failed is in ``error``."""
    threads = [
        threading.Thread(target=_act, args=(actor, shift_ms), daemon=True) for actor in actors
    ]
    for thread in threads:
        thread.start()
    last: Actor | None = None
    while going := [actor for actor in actors if not actor.ended]:
        awake = [actor for actor in going if not actor.asleep] or going
        if last not in awake or order.random() > GOES_ON:
            last = order.choice(awake)
        last.asleep = False
        last.turn.release()
        _handed_back.acquire()
    for thread in threads:
        thread.join()


def _act(actor: Actor, shift_ms: int) -> None:
    _here.actor = actor
    actor.turn.acquire()
    try:
        with clock.shifted(shift_ms):
            actor.what()
    except Died:
        actor.died = True
    except LanternError:
        pass  # refused, as it may be: what must be so afterwards is checked on its own
    except BaseException as error:  # noqa: BLE001 - whoever asked for the play raises it
        actor.error = error
    finally:
        actor.ended = True
        _handed_back.release()
