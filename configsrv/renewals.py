"""When Pro users' configurations are made anew for the sake of their passes."""

import secrets
from typing import Final

from accounts.keys import PRO_ENDS
from configsrv.keys import RENEWALS
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, UserId

_PAGE: Final = 500


def due(cell: Cell, *, now: Millis, most: int) -> list[tuple[UserId, Millis]]:
    """Users whose passes are to be made anew, and since when."""
    found = text_client().zrangebyscore(
        RENEWALS(cell=cell), "-inf", now, start=0, num=most, withscores=True
    )
    return [(UserId(int(each)), Millis(int(since))) for each, since in found]


def of_user(user_id: UserId) -> Millis | None:
    """When a user's passes are to be made anew."""
    score = text_client().zscore(RENEWALS(cell=cell_of(user_id)), user_id)
    return None if score is None else Millis(int(score))


def bring_forward(cell: Cell, *, now: Millis, within_ms: int) -> int:
    """Let every Pro user's passes be made anew within this time, spread over it; how many."""
    count, page = 0, dict[str, int]()
    for member, _ in text_client().zscan_iter(PRO_ENDS(cell=cell), count=_PAGE):
        page[member] = now + secrets.randbelow(within_ms)
        if len(page) == _PAGE:
            count += _write(cell, page)
            page = {}
    return count + _write(cell, page)


def _write(cell: Cell, page: dict[str, int]) -> int:
    if page:
        text_client().zadd(RENEWALS(cell=cell), page)
    return len(page)
