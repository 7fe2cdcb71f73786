"""Who may use which proxy.

Everything here may run at any time, beside itself: what is read is a hint, and the script looks
again before it writes. ``changed`` means that the hint was old.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
from proxies import links, searching
from proxies.errors import FleetKeptChanging
from proxies.events import AssignmentChanged, RoomMade
from proxies.links import Settled, Wish

TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A user whose links are to be settled, and proxies of theirs that they are to leave.

    They do so in at most ``most_moves`` moves a day; None is what the settings say.
    """

    user_id: UserId
    leave: frozenset[ProxyId] = frozenset()
    most_moves: int | None = None


def assign_proxies(user_id: UserId, fence: Fence) -> None:
    """Bring a Pro user's links to what they should be, and tell their proxies the devices.

    They gain what they lack and leave what serves them no longer. The job is done afterwards,
    also when the user is not Pro (any more), or waits because no proxy has room.
    """
    for _ in range(TRIES):
        [wish] = wishes_of([Asked(user_id)])
        if wish is None:
            ledger.complete(fence)
            return
        [found] = searching.find_candidates([wish])
        settled = links.assign(
            wish,
            found,
            admissions=admissions_of(wish.access),
            now=clock.now(),
            work=_work(user_id, fence, makes_room=len(wish.own) > wish.wanted),
        )
        if settled.outcome != "changed":
            return
    raise FleetKeptChanging


def settle(asked: Sequence[Asked], fact: str) -> list[Settled | None]:
    """Bring the links of users of one cell to what they should be, in three round trips.

    Those asked first are served first. None of it is fenced: it does what is right at that
    moment, whoever does it and however often. ``fact`` is why; None is for nobody's account.
    """
    answers: dict[int, Settled | None] = {}
    open_ones = dict(enumerate(asked))
    for _ in range(TRIES):
        answers |= _settle_once(open_ones, fact)
        open_ones = {
            at: each
            for at, each in open_ones.items()
            if (answer := answers[at]) is not None and answer.outcome == "changed"
        }
        if not open_ones:
            return [answers[at] for at in range(len(asked))]
    raise FleetKeptChanging


def _settle_once(asked: dict[int, Asked], fact: str) -> dict[int, Settled | None]:
    answers: dict[int, Settled | None] = dict.fromkeys(asked)
    wishes = zip(asked, wishes_of(list(asked.values())), strict=True)
    known = {at: wish for at, wish in wishes if wish is not None}
    found = searching.find_candidates(list(known.values()))
    now = clock.now()
    settled = links.assign_each(
        [
            (wish, each, admissions_of(wish.access), _change(wish.user_id, f"{fact}.{now}"))
            for wish, each in zip(known.values(), found, strict=True)
        ],
        now=now,
    )
    answers.update(zip(known, settled, strict=True))
    return answers


def wishes_of(asked: Sequence[Asked]) -> list[Wish | None]:
    """What these users' links should become; None for nobody's account."""
    user_ids = [each.user_id for each in asked]
    accesses, own = User.objects.get_accesses(user_ids), links.of_users(user_ids)
    return [
        None
        if access is None
        else Wish(
            access=access,
            wanted=access.proxies_wanted or settings.PROXIES_PER_PRO_USER,
            own=theirs,
            leave=each.leave,
            most_moves=settings.MOVES_PER_DAY if each.most_moves is None else each.most_moves,
        )
        for each, access, theirs in zip(asked, accesses, own, strict=True)
    ]


def release_proxies(user_id: UserId, fence: Fence) -> None:
    """Take a user off all their proxies, unless they are Pro (again). The job is done then."""
    for _ in range(TRIES):
        [own] = links.of_users([user_id])
        work = _work(user_id, fence, makes_room=bool(own))
        outcome = links.release(user_id=user_id, proxies=own, now=clock.now(), work=work)
        if outcome != "changed":
            return
    raise FleetKeptChanging


def _change(user_id: UserId, fact: str) -> Work:
    cell = cell_of(user_id)
    return Work(cell, follow=following(AssignmentChanged(cell, user_id, fact)))


def _work(user_id: UserId, fence: Fence, *, makes_room: bool = False) -> Work:
    cell, fact = cell_of(user_id), fence.job_id.split(".", 1)[1]
    follow = following(AssignmentChanged(cell, user_id, fact))
    if makes_room:
        follow += following(RoomMade(cell, fact))
    return Work(cell, fence, follow)
