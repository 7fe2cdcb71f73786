"""How invitations are stored and read."""

import json
from collections.abc import Sequence

from accounts.errors import WrongCredentials
from accounts.keys import INVITEES, USERS, pro_time_keys
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Fence, NewJob, Work
from lantern_pro.jobs.keys import JOBS
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import JobId, Millis, PurchaseId, UserId
from referrals.errors import OwnReferralCode, ReferralAlreadyAttached, ReferralRing

LONGEST_CHAIN = 200
_ON_ITS_WAY = ("pending", "leased")


def inviter_of(user_id: UserId) -> UserId | None:
    """Who invited a user."""
    found = text_client().hget(USERS.row(user_id), "inviter_id")
    return UserId(int(found)) if found else None


def is_on_its_way(job_id: JobId) -> bool:
    """Whether a job is to be run, or is being run."""
    return text_client().hget(JOBS.row(job_id), "state") in _ON_ITS_WAY


def chain_above(user_id: UserId) -> list[tuple[UserId, UserId | None]]:
    """A user and their inviters upwards, each with its own inviter."""
    chain: list[tuple[UserId, UserId | None]] = []
    following: UserId | None = user_id
    while following is not None and len(chain) < LONGEST_CHAIN:
        inviter = inviter_of(following)
        chain.append((following, inviter))
        following = inviter
    return chain


def attach(
    *,
    user_id: UserId,
    inviter_id: UserId,
    code: str,
    now: Millis,
    chain: Sequence[tuple[UserId, UserId | None]],
    follow: Sequence[NewJob],
) -> bool:
    """Attach an inviter; False when the chain is no longer as read."""
    cell = cell_of(user_id)
    work = Work(cell, follow=follow)
    here = [(member, inviter) for member, inviter in chain if cell_of(member) == cell]
    outcome = ledger.apply(
        "referrals/attach_referral",
        work,
        more=[USERS.row(member) for member, _ in here],
        user=USERS.row(user_id),
        user_id=user_id,
        inviter_id=inviter_id,
        code=code,
        now=now,
        chain=json.dumps([str(inviter or "") for _, inviter in here]),
        jobs=len(work.rest),
    )
    match outcome:
        case ["attached"]:
            return True
        case ["changed"]:
            return False
        case ["already_attached"]:
            raise ReferralAlreadyAttached
        case ["own_code"]:
            raise OwnReferralCode
        case ["ring"]:
            raise ReferralRing
        case ["no_such_user"]:  # erased since they were known
            raise WrongCredentials
    raise AssertionError(outcome)


def note_invitee(*, inviter_id: UserId, invitee_id: UserId, now: Millis, fence: Fence) -> bool:
    """Enter a user in the list of those who came by somebody's code; False when that one is gone.

    The job is not done by it.
    """
    outcome = ledger.apply(
        "referrals/note_invitee",
        Work.of(fence),
        user=USERS.row(inviter_id),
        invitees=INVITEES(user_id=inviter_id),
        invitee_id=invitee_id,
        now=now,
    )
    match outcome:
        case ["noted"]:
            return True
        case ["no_such_user"]:
            return False
    raise AssertionError(outcome)


def credit_inviter(  # noqa: PLR0913 - the script's arguments
    *,
    inviter_id: UserId,
    invitee_id: UserId,
    purchase_id: PurchaseId,
    plan: str,
    months: int,
    at: Millis,
    fence: Fence,
    follow: Sequence[NewJob],
) -> bool:
    """Give an inviter the bonus for one invitee; False when it was given before."""
    cell = cell_of(inviter_id)
    outcome = ledger.apply(
        "referrals/credit_inviter",
        Work(cell, fence, follow),
        **pro_time_keys(inviter_id, cell),
        user_id=inviter_id,
        fact=f"referral.{invitee_id}",
        at=at,
        months=months,
        plan=plan,
        because=purchase_id,
    )
    match outcome:
        case ["credited", _]:
            return True
        case ["credited_before" | "no_such_user"]:
            return False
    raise AssertionError(outcome)


def take_back_bonus(
    *, inviter_id: UserId, takings: str, fence: Fence, follow: Sequence[NewJob]
) -> int:
    """Enter takings in an inviter's ledger of time; how many are new, 0 when they are gone."""
    cell = cell_of(inviter_id)
    outcome = ledger.apply(
        "referrals/take_back_bonus",
        Work(cell, fence, follow),
        **pro_time_keys(inviter_id, cell),
        user_id=inviter_id,
        takings=takings,
    )
    match outcome:
        case ["taken", new]:
            return int(new or 0)
        case ["no_such_user"]:
            return 0
    raise AssertionError(outcome)


def invitees_of(user_id: UserId, *, most: int) -> list[UserId]:
    """Some of those who came by a user's code."""
    return [
        UserId(int(each)) for each in text_client().zrange(INVITEES(user_id=user_id), 0, most - 1)
    ]


def forget_invitees(
    *, user_id: UserId, invitees: Sequence[UserId], fence: Fence, follow: Sequence[NewJob]
) -> None:
    """Take invitees off an erased user's list, and stage what tells them."""
    ledger.apply(
        "referrals/forget_invitees",
        Work(cell_of(user_id), fence, follow),
        invitees=INVITEES(user_id=user_id),
        ids=json.dumps([str(each) for each in invitees]),
    )


def forget_invitee(*, inviter_id: UserId, invitee_id: UserId, fence: Fence) -> None:
    """Take an erased user off their inviter's list."""
    ledger.apply(
        "referrals/forget_invitees",
        Work.of(fence),
        invitees=INVITEES(user_id=inviter_id),
        ids=json.dumps([str(invitee_id)]),
    )


def forget_inviter(*, invitee_id: UserId, fence: Fence) -> None:
    """Take an erased user's code off an account that came by it."""
    ledger.apply("referrals/forget_inviter", Work.of(fence), user=USERS.row(invitee_id))
