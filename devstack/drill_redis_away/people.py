"""The users of the drill: written as the service keeps them, linked by its own jobs."""

import gzip
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import yaml

from accounts.keys import DEVICES, PRO_ENDS, USERS
from accounts.services.tokens import current_kid, token_of
from configsrv.managers import body_of_user_config
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import new_id
from lantern_pro.types import Cell, Millis, UserId
from proxies.jobs import AssignProxies, stage_releases

HERE: Final = Cell(0)
DEVICE: Final = "drill-device"
DAY_MS: Final = 86_400_000


class Kind(StrEnum):
    """What becomes of a user's right, and what their app can do."""

    VALID = "valid, with passes"
    OLDER = "valid, an older app"
    ENDING = "Pro time ends meanwhile"
    REMOVED = "removed, unheard of by the cut-off proxy"


@dataclass(slots=True)
class Person:
    """A user with one device. ``lost_at`` (ms) is when they lost their right, if they did."""

    user_id: UserId
    kind: Kind
    token: str
    lost_at: Millis | None = None
    passes: dict[str, str] = field(default_factory=dict)

    def poll(self) -> None:
        """Take the passes of the configuration as it is; what one has stays when there is none."""
        body = body_of_user_config(self.user_id)
        if body and self.kind is not Kind.OLDER:
            named = yaml.safe_load(gzip.decompress(body))
            self.passes = {name: str(told["pass"]) for name, told in named.items()}

    def has_right(self) -> bool:
        """Whether they may use proxies now."""
        return self.lost_at is None or clock.now() < self.lost_at


def arrive(kind: Kind, *, ends_in_ms: int = 30 * DAY_MS) -> Person:
    """Let a user be there who is Pro for so long."""
    user_id, expiration = UserId(new_id(HERE)), Millis(clock.now() + ends_in_ms)
    row: dict[str, str | int] = {
        "id": user_id,
        "created": clock.now(),
        "expiration": expiration,
        "kid": current_kid(),
        "epoch": 1,
    }
    with text_client().pipeline() as pipe:
        pipe.hset(USERS.row(user_id), mapping=row)
        pipe.zadd(USERS.by("id", cell=HERE), {str(user_id): user_id})
        pipe.zadd(DEVICES(user_id=user_id), {DEVICE: clock.now()})
        pipe.zadd(PRO_ENDS(cell=HERE), {str(user_id): expiration})
        pipe.execute()
    ledger.stage(AssignProxies.of(user_id, "drill"))
    lost_at = expiration if kind is Kind.ENDING else None
    return Person(user_id, kind, token_of(user_id, current_kid(), 1), lost_at)


def remove(people: list[Person]) -> None:
    """End these users' Pro time now, and take them off their proxies."""
    now = clock.now()
    for person in people:
        with text_client().pipeline() as pipe:
            pipe.hset(USERS.row(person.user_id), "expiration", now - 1)
            pipe.zadd(PRO_ENDS(cell=HERE), {str(person.user_id): now - 1})
            pipe.execute()
        person.lost_at = now
    stage_releases(HERE)
    drain(HERE)
