"""How the country is stored in which a user's app says that it is."""

from typing import Literal

from accounts.keys import USERS
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Work
from lantern_pro.types import Millis, UserId


def note_country(
    *, user_id: UserId, country: str, now: Millis, pause_ms: int, work: Work
) -> Literal["noted", "same", "lately", "no_such_user"]:
    """Note a country, unless the last change is nearer than ``pause_ms``."""
    outcome = ledger.apply(
        "accounts/note_country",
        work,
        user=USERS.row(user_id),
        country=country,
        now=now,
        pause_ms=pause_ms,
    )
    match outcome:
        case ["noted"]:
            return "noted"
        case ["same"]:
            return "same"
        case ["lately"]:
            return "lately"
        case ["no_such_user"]:
            return "no_such_user"
    raise AssertionError(outcome)
