"""What a client asked for, and what it was told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from devstack.chaos.counting.books import Books

Told = Literal["paid", "declined", "nothing"]


@dataclass(slots=True)
class Asked:
    """A purchase that a client asked for, under one idempotency key."""

    key: str
    email: str
    plan: str
    good_card: bool
    told: Told = "nothing"
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """What must be there, so many times, once nothing is on its way any more; 0 for: gone."""

    what: str
    there: Callable[[Books], int]
    wanted: int = 1


@dataclass(slots=True)
class Facts:
    """One client's story: what it was told is done must be there, whatever was killed."""

    device_id: str
    user_id: int = 0
    token: str = ""
    code: str = ""
    # Every account that it was ever told of: a repeated sign-up must not make a second one.
    accounts: set[int] = field(default_factory=set)
    confirmed: bool = False
    # Whose code it was told that it has attached.
    inviter: "Facts | None" = None
    wanted_inviter: "Facts | None" = None
    purchases: list[Asked] = field(default_factory=list)
    # Whether all the money that its Pro time had cost went back.
    all_returned: bool = False
    # Whether it was told that the user is erased.
    erased: bool = False
    # What else follows from what it did.
    claims: list[Claim] = field(default_factory=list)
    # What no client should ever be told.
    surprises: list[str] = field(default_factory=list)
