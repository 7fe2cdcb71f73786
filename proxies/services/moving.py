"""Moving users off proxies: all of them, some each hour, or one by hand.

Nobody is without service meanwhile: a user gains the new proxy and leaves the old one in one
script. Who finds no room elsewhere stays with a proxy that drains or is blocked; a proxy that is
retired or down is left at once, and the user waits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from django.conf import settings

from accounts.models import User
from accounts.services.tokens import admissions_of
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import Work
from lantern_pro.jobs.worker import progress
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis, ProxyId, UserId
from proxies import links, searching
from proxies.errors import NoRoomThere, NotTheirProxy
from proxies.events import UserMoved
from proxies.links import Found, Settled
from proxies.models import Proxy
from proxies.moving import Tally, linked_before
from proxies.records import ProxyRecord
from proxies.services.assignments import Asked, settle, wishes_of

SETTLED_AT_ONCE: Final = 20
"""How many users are sent to Redis at once. Each is a script of its own, well below a
millisecond; what others wait for is a few of them."""
UNLIMITED: Final = 1_000_000
DAY_MS: Final = 86_400_000
ROTATED_A_DAY: Final = 1
HOURS_OF_A_DAY: Final = 24
SUGGESTED: Final = 5


def move_users(
    proxy_id: ProxyId, users: Sequence[UserId], fact: str, *, asked_to_leave: bool
) -> Tally:
    """Move these users of a proxy to others, as far as its state or the asking demands."""
    leave = frozenset({proxy_id}) if asked_to_leave else frozenset[ProxyId]()
    concerned = users if asked_to_leave else _not_to_be_served(proxy_id, users)
    moved, dropped, stayed = 0, 0, len(users) - len(concerned)
    for settled in _settle_in_parts([Asked(each, leave) for each in concerned], fact):
        if settled is None or proxy_id not in settled.left:
            stayed += 1
        elif settled.gained:
            moved += 1
        else:
            dropped += 1
    return Tally(moved, dropped, stayed)


def _not_to_be_served(proxy_id: ProxyId, users: Sequence[UserId]) -> Sequence[UserId]:
    """Those whom a proxy shall serve no longer: all, or who is where it is blocked."""
    [proxy] = Proxy.objects.records([proxy_id])
    if not proxy.takes_users:
        return users
    accesses = zip(users, User.objects.get_accesses(users), strict=True)
    return [
        user_id
        for user_id, access in accesses
        if access is None or not proxy.serves_in(access.country)
    ]


def rotate_links(proxies: Sequence[ProxyId], fact: str) -> int:
    """Move some of those whose links are old, each once a day at most; how many were.

    What a censor has learned of a user's proxies, or of a proxy's users, so gets old.
    """
    before = Millis(clock.now() - settings.ROTATE_AFTER_DAYS * DAY_MS)
    old = linked_before(list(proxies), before, share=HOURS_OF_A_DAY)
    once = min(ROTATED_A_DAY, settings.MOVES_PER_DAY)
    asked = [Asked(user_id, frozenset({proxy_id}), once) for proxy_id, user_id in old]
    return sum(bool(each and each.left) for each in _settle_in_parts(asked, fact))


def move_user(user_id: UserId, *, leave: ProxyId, gain: ProxyId) -> None:
    """Move one user from one proxy to another, as staff decide.

    Raises ``NotTheirProxy`` when they do not have the one, and ``NoRoomThere`` when the other
    cannot be theirs: it has no room, serves nobody new, is blocked where they are, or is theirs.
    """
    asked = Asked(user_id, frozenset({leave}), UNLIMITED)
    [wish] = wishes_of([asked])
    if wish is None or leave not in wish.own:
        raise NotTheirProxy(field="from")
    if gain in wish.own:
        raise NoRoomThere(field="to")
    cell, now = cell_of(user_id), clock.now()
    follow = following(UserMoved(cell, user_id, f"moved.{now}"))
    exchange = replace(wish, wanted=len(wish.own))
    found = Found([gain], links.openings(cell))
    work, admissions = Work(cell, follow=follow), admissions_of(wish.access)
    [settled] = links.assign_each([(exchange, found, admissions, work)], now=now)
    if gain not in settled.gained:
        raise NoRoomThere(field="to")


def where_to(user_id: UserId) -> list[ProxyRecord]:
    """Some proxies that a user could have besides their own, the best first."""
    [wish] = wishes_of([Asked(user_id)])
    if wish is None:
        return []
    [found] = searching.find_candidates([replace(wish, wanted=len(wish.own) + SUGGESTED)])
    others = [each for each in found.candidates if each not in wish.own]
    return Proxy.objects.records(others[:SUGGESTED])


def _settle_in_parts(asked: Sequence[Asked], fact: str) -> Iterable[Settled | None]:
    for first in range(0, len(asked), SETTLED_AT_ONCE):
        yield from settle(asked[first : first + SETTLED_AT_ONCE], fact)
        progress()
