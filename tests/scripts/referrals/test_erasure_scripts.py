"""The scripts that undo the invitations of an erased user, an outcome each."""

from collections.abc import Callable

import pytest
import redis

from accounts.keys import INVITEES, USERS
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence
from lantern_pro.jobs.keys import DUE
from lantern_pro.jobs.worker import drain
from lantern_pro.store.keys import new_id
from lantern_pro.types import UserId
from referrals import managers
from referrals.jobs import ForgetInvitations, ForgetInvitee, ForgetInviter, NoteInvitee
from referrals.services.codes import note_invitee
from referrals.services.erasure import PAGE, forget_invitations
from tests.people import HERE, a_user
from tests.scripts.referrals.test_referral_scripts import a_fence

Forget = Callable[[Fence], None]


def forget_somebody(fence: Fence) -> None:
    """Take somebody off somebody's list."""
    managers.forget_invitee(inviter_id=UserId(1024), invitee_id=UserId(2048), fence=fence)


def forget_somebodys_code(fence: Fence) -> None:
    """Take a code off an account."""
    managers.forget_inviter(invitee_id=UserId(2048), fence=fence)


def test_forgotten_one_invitee_goes_and_the_others_stay(any_redis: redis.Redis) -> None:
    inviter, erased, other = a_user(), a_user(), a_user()
    any_redis.zadd(INVITEES(user_id=inviter), {str(erased): 1, str(other): 2})

    managers.forget_invitee(
        inviter_id=inviter, invitee_id=erased, fence=a_fence(ForgetInvitee(inviter, erased))
    )

    assert managers.invitees_of(inviter, most=9) == [other]


def test_forgotten_an_account_no_longer_names_the_code_but_that_it_was_invited(
    any_redis: redis.Redis,
) -> None:
    invitee = a_user()
    any_redis.hset(USERS.row(invitee), mapping={"inviter": "AAK7PQ2M", "inviter_id": "1024"})

    managers.forget_inviter(invitee_id=invitee, fence=a_fence(ForgetInviter(invitee)))

    assert any_redis.hmget(USERS.row(invitee), "inviter", "inviter_id") == [None, "1024"]


@pytest.mark.parametrize("forget", [forget_somebody, forget_somebodys_code])
def test_already_done_and_superseded_change_nothing(any_redis: redis.Redis, forget: Forget) -> None:
    fence = a_fence(ForgetInviter(UserId(2048)))

    with pytest.raises(Superseded):
        forget(Fence(fence.job_id, fence.epoch - 1))
    forget(fence)

    with pytest.raises(AlreadyDone):
        forget(fence)


def test_many_invitees_are_told_page_by_page(any_redis: redis.Redis) -> None:
    erased = a_user()
    any_redis.zadd(INVITEES(user_id=erased), {str(1024 * n): n for n in range(1, PAGE + 3)})
    first = ForgetInvitations.of(erased, UserId(0), f"erased-{erased}")

    forget_invitations(
        user_id=erased,
        inviter_id=UserId(0),
        fence=a_fence(first.arguments),
        next_page=ForgetInvitations.of(erased, UserId(0), f"erased-{erased}", 1),
    )

    assert len(managers.invitees_of(erased, most=PAGE)) == 2
    assert any_redis.zcard(DUE(cell=HERE, kind="forget_inviter")) == PAGE
    assert any_redis.zcard(DUE(cell=HERE, kind="forget_invitations")) == 1


def entered_late(inviter: UserId, invitee: UserId) -> None:
    """Do the job that enters an invitee, which waited for long."""
    note_invitee(
        inviter_id=inviter, invitee_id=invitee, fence=a_fence(NoteInvitee(inviter, invitee))
    )


def test_an_invitee_who_was_erased_meanwhile_is_not_entered_any_more(
    any_redis: redis.Redis,
) -> None:
    inviter, erased = a_user(), UserId(new_id(HERE))

    entered_late(inviter, erased)

    assert managers.invitees_of(inviter, most=9) == []


def test_the_code_of_an_inviter_who_was_erased_meanwhile_goes_off_the_invitee(
    any_redis: redis.Redis,
) -> None:
    gone, invitee = UserId(new_id(HERE)), a_user()
    any_redis.hset(USERS.row(invitee), mapping={"inviter": "AAK7PQ2M", "inviter_id": str(gone)})

    entered_late(gone, invitee)
    drain(HERE)

    assert any_redis.exists(INVITEES(user_id=gone)) == 0
    assert any_redis.hmget(USERS.row(invitee), "inviter", "inviter_id") == [None, str(gone)]
