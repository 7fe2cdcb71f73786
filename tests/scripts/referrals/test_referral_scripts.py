"""The scripts of invitations, an outcome each, on fakeredis and on the real server."""

from typing import Any

import pytest
import redis

from accounts.errors import WrongCredentials
from accounts.keys import INVITEES, TIME_LEDGER, USERS
from accounts.managers import read_time_ledger
from lantern_pro.jobs import ledger
from lantern_pro.jobs.errors import AlreadyDone
from lantern_pro.jobs.job import Fence, JobArguments, NewJob
from lantern_pro.store.keys import new_id
from lantern_pro.types import Millis, PurchaseId, UserId
from referrals import managers
from referrals.errors import OwnReferralCode, ReferralAlreadyAttached, ReferralRing
from referrals.jobs import NoteInvitee, TakeBackBonus
from referrals.laws import pairs_mirror
from referrals.services.codes import note_invitee
from tests.leasing import take
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
Chain = list[tuple[UserId, UserId | None]]


def attach(user_id: UserId, inviter_id: UserId, chain: Chain | None = None) -> bool:
    """Attach an inviter, with the chain as it is unless another is given."""
    return managers.attach(
        user_id=user_id,
        inviter_id=inviter_id,
        code="AAK7PQ2M",
        now=NOW,
        chain=managers.chain_above(inviter_id) if chain is None else chain,
        follow=[],
    )


def a_fence(arguments: JobArguments) -> Fence:
    """A job that this test holds."""
    ledger.stage(NewJob(HERE, arguments, "test"))
    [job] = take(HERE, most=1)
    return job.fence


@pytest.fixture
def pair(any_redis: redis.Redis) -> tuple[UserId, UserId]:
    """An invitee and an inviter."""
    del any_redis
    return a_user(), a_user()


def test_attached_the_invitee_knows_the_inviter(pair: tuple[UserId, UserId]) -> None:
    invitee, inviter = pair

    attached = attach(invitee, inviter)

    assert attached
    assert managers.inviter_of(invitee) == inviter


def test_already_attached_the_first_inviter_stays(pair: tuple[UserId, UserId]) -> None:
    invitee, inviter = pair
    attach(invitee, inviter)

    with pytest.raises(ReferralAlreadyAttached):
        attach(invitee, a_user())

    assert managers.inviter_of(invitee) == inviter


def test_own_code_changes_nothing(pair: tuple[UserId, UserId]) -> None:
    invitee, _ = pair

    with pytest.raises(OwnReferralCode):
        attach(invitee, invitee)

    assert managers.inviter_of(invitee) is None


def test_no_such_user_of_an_invitee_who_was_erased_nothing_is_written(
    pair: tuple[UserId, UserId], any_redis: redis.Redis
) -> None:
    _, inviter = pair
    erased = UserId(new_id(HERE))

    with pytest.raises(WrongCredentials):
        attach(erased, inviter)

    assert not any_redis.exists(USERS.row(erased))


def test_a_ring_is_seen_by_the_script_itself(pair: tuple[UserId, UserId]) -> None:
    first, second = pair
    attach(second, first)

    with pytest.raises(ReferralRing):
        attach(first, second)


def test_changed_when_the_chain_is_no_longer_as_read(pair: tuple[UserId, UserId]) -> None:
    invitee, inviter = pair
    old_chain = managers.chain_above(inviter)
    attach(inviter, a_user())

    attached = attach(invitee, inviter, old_chain)

    assert not attached
    assert managers.inviter_of(invitee) is None


def test_noted_once(pair: tuple[UserId, UserId], any_redis: Any) -> None:
    invitee, inviter = pair
    attach(invitee, inviter)
    fence = a_fence(NoteInvitee(inviter, invitee))

    note_invitee(inviter_id=inviter, invitee_id=invitee, fence=fence)

    assert any_redis.zrange(INVITEES(user_id=inviter), 0, -1) == [str(invitee)]
    with pytest.raises(AlreadyDone):
        note_invitee(inviter_id=inviter, invitee_id=invitee, fence=fence)


def credit(
    inviter: UserId, invitee: UserId, *, fact: str, purchase: str = "c0.1.a", at: int = NOW
) -> bool:
    """Credit an inviter by a job of its own."""
    ledger.stage(NewJob(HERE, NoteInvitee(inviter, invitee), fact))
    [job] = take(HERE, most=1)
    return managers.credit_inviter(
        inviter_id=inviter,
        invitee_id=invitee,
        purchase_id=PurchaseId(purchase),
        plan="1y-usd-10",
        months=1,
        at=Millis(at),
        fence=job.fence,
        follow=[],
    )


def test_credited_and_credited_before(pair: tuple[UserId, UserId], any_redis: Any) -> None:
    invitee, inviter = pair

    first = credit(inviter, invitee, fact="first")
    second = credit(inviter, invitee, fact="second")

    assert (first, second) == (True, False)
    assert any_redis.hkeys(TIME_LEDGER(user_id=inviter)) == [f"referral.{invitee}"]
    assert int(any_redis.hget(USERS.row(inviter), "expiration")) > NOW


def test_a_purchase_that_was_earlier_and_is_learnt_later_is_the_one_that_counts(
    pair: tuple[UserId, UserId], any_redis: Any
) -> None:
    invitee, inviter = pair
    credit(inviter, invitee, fact="later", purchase="c0.1.b", at=NOW + 1_000)

    credited = credit(inviter, invitee, fact="earlier", purchase="c0.1.a", at=NOW)

    [entry] = read_time_ledger(any_redis.hgetall(TIME_LEDGER(user_id=inviter)))
    assert credited
    assert (entry.because, entry.at) == ("c0.1.a", NOW)


def test_an_inviter_who_is_gone_is_not_made_again(any_redis: Any) -> None:
    gone = UserId(new_id(HERE))

    credited = credit(gone, a_user(), fact="first")

    assert not credited
    assert not any_redis.exists(USERS.row(gone))


TAKING = (
    '[{"fact":"refund.re_1","kind":"refund","at":1764000001000,"because":"c0.1.a",'
    '"back":2400,"of":4800}]'
)


def take_back(inviter: UserId, fact: str) -> int:
    """Take half of a bonus back, by a job of its own."""
    ledger.stage(NewJob(HERE, TakeBackBonus(inviter, PurchaseId("c0.1.a"), TAKING, fact), fact))
    [job] = take(HERE, most=1)
    return managers.take_back_bonus(inviter_id=inviter, takings=TAKING, fence=job.fence, follow=[])


def spans(inviter: UserId, store: Any) -> list[int]:
    """What the entries of the inviter's time come to."""
    entries = read_time_ledger(store.hgetall(TIME_LEDGER(user_id=inviter)))
    return [entry.span_ms for entry in entries]


def test_taken_once(pair: tuple[UserId, UserId], any_redis: Any) -> None:
    invitee, inviter = pair
    credit(inviter, invitee, fact="credit")

    first, second = take_back(inviter, "first"), take_back(inviter, "second")

    given, taken = spans(inviter, any_redis)
    assert (first, second) == (1, 0)
    assert taken == -given / 2


def test_a_bonus_that_is_given_after_its_money_went_back_comes_shortened(
    pair: tuple[UserId, UserId], any_redis: Any
) -> None:
    invitee, inviter = pair
    take_back(inviter, "first")
    before = spans(inviter, any_redis)

    credit(inviter, invitee, fact="credit")

    given, taken = spans(inviter, any_redis)
    assert before == [0]
    assert taken == -given / 2


def test_from_an_inviter_who_is_gone_nothing_is_taken(any_redis: Any) -> None:
    gone = UserId(new_id(HERE))

    taken = take_back(gone, "first")

    assert taken == 0
    assert not any_redis.exists(USERS.row(gone))


def test_the_law_finds_a_bonus_that_was_taken_on_one_side_only(
    pair: tuple[UserId, UserId], any_redis: Any
) -> None:
    invitee, inviter = pair
    attach(invitee, inviter)
    credit(inviter, invitee, fact="credit")
    any_redis.hset(TIME_LEDGER(user_id=invitee), "invited", '{"because":"c0.1.a"}')
    before = list(pairs_mirror(HERE))

    take_back(inviter, "first")

    assert before == []
    assert list(pairs_mirror(HERE)) == [
        f"user {inviter}: of c0.1.a the invitee lost {{}}, and they {{'refund.re_1': 2400}}"
    ]
