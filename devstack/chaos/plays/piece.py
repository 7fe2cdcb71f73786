"""What a short play is."""

import random  # noqa: TID251 - drawn again by its seed
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from devstack.chaos.clients.facts import Facts
from devstack.chaos.clients.owner import Owner
from devstack.chaos.theatre import Theatre
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, UserId

Play = Callable[[Theatre, random.Random], Awaitable[list[Facts]]]
"""Lets clients and operators act, and returns the stories by which all is counted."""


_TRIES: Final = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """A short play, and the kinds of job that it brings about: a test plays it and looks.

    Its acts are divided by ``calm``, so that the first time of a step in each is always on behalf
    of the same client. Acts that begin by a name have the steps of the play's own jobs, and of
    what these ask of Stripe, struck in each of them. A step that several plays have is struck in
    that which brings its kind of job, or else in the first of them; and in each that names it
    among ``also``, because there it is another matter.
    """

    name: str
    brings: frozenset[str]
    play: Play
    with_pro_proxies: bool = True
    also: frozenset[str] = frozenset()


def client(theatre: Theatre, device_id: str, chance: random.Random) -> Owner:
    """A client on a device of its own."""
    return Owner(Facts(device_id), theatre.gateways, random.Random(chance.getrandbits(64)))


async def client_in(
    theatre: Theatre, device_id: str, chance: random.Random, *, there: Callable[[Cell], bool]
) -> Owner:
    """A client whose account is in a cell where it is wanted: its network's chance decides."""
    for number in range(_TRIES):
        somebody = client(theatre, f"{device_id}-{number}", chance)
        await somebody.sign_up()
        if somebody.facts.user_id and there(cell_of(UserId(somebody.facts.user_id))):
            break
    return somebody


def mark_of(chance: random.Random) -> str:
    """What all devices of a play are named by."""
    return f"{chance.getrandbits(32):08x}"
