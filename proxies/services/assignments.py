"""Who may use which proxy.

Both functions may run at any time, beside themselves and each other: what they read is a hint,
and the script looks again before it writes. ``changed`` means that the hint was old.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from django.conf import settings

from accounts.models import User
from accounts.services.tokens import admissions_of
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import Fence, Work
from lantern_pro.store.keys import cell_of
from lantern_pro.types import ProxyId, UserId
from proxies.errors import FleetKeptChanging
from proxies.events import AssignmentChanged, RoomMade
from proxies.models import Proxy

TRIES: Final = 20
CANDIDATES_PER_PROXY: Final = 8


def assign_proxies(user_id: UserId, fence: Fence) -> None:
    """Give a Pro user the proxies that they lack, and their proxies the user's devices.

    The job is done afterwards, also when the user is not Pro (any more). Raises
    ``NoProxyWithRoom`` when they have none and none has room: then they wait.
    """
    for _ in range(TRIES):
        access = User.objects.get_access(user_id)
        if access is None:
            ledger.complete(fence)
            return
        outcome = Proxy.objects.assign(
            access=access,
            admissions=admissions_of(access),
            wanted=settings.PROXIES_PER_PRO_USER,
            proxies=_own_and_candidates(user_id),
            now=clock.now(),
            work=_work(user_id, fence),
        )
        if outcome != "changed":
            return
    raise FleetKeptChanging


def release_proxies(user_id: UserId, fence: Fence) -> None:
    """Take a user off all their proxies, unless they are Pro (again). The job is done then."""
    for _ in range(TRIES):
        own = Proxy.objects.of_user(user_id)
        work = _work(user_id, fence, makes_room=bool(own))
        outcome = Proxy.objects.release(user_id=user_id, proxies=own, now=clock.now(), work=work)
        if outcome != "changed":
            return
    raise FleetKeptChanging


def _own_and_candidates(user_id: UserId) -> Sequence[ProxyId]:
    most = CANDIDATES_PER_PROXY * settings.PROXIES_PER_PRO_USER
    own: Iterable[ProxyId] = Proxy.objects.of_user(user_id)
    return list(dict.fromkeys([*own, *Proxy.objects.least_loaded(cell_of(user_id), most)]))


def _work(user_id: UserId, fence: Fence, *, makes_room: bool = False) -> Work:
    cell, fact = cell_of(user_id), fence.job_id.split(".", 1)[1]
    follow = following(AssignmentChanged(cell, user_id, fact))
    if makes_room:
        follow += following(RoomMade(cell, fact))
    return Work(cell, fence, follow)
