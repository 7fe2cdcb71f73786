"""Where users say that they are: so they get proxies that are near, and not blocked there."""

from typing import Final

from accounts.events import CountryChanged
from accounts.managers.countries import note_country
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import Work
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId

PAUSE_MS: Final = 24 * 60 * 60 * 1000


def tell_country(user_id: UserId, *, told: str, known: str) -> None:
    """Note the country that an app tells, if it is another than is ``known`` of the account.

    An empty one tells nothing. It changes once a day at most.
    """
    if told in {"", known}:
        return
    cell, now = cell_of(user_id), clock.now()
    event = CountryChanged(cell, user_id, f"country.{now}")
    note_country(
        user_id=user_id,
        country=told,
        now=now,
        pause_ms=PAUSE_MS,
        work=Work(cell, follow=following(event)),
    )
