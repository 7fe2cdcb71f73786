"""The scripts of mail addresses: an outcome each, and races."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from accounts.events import AddressChanged
from accounts.jobs import SyncAddress
from accounts.keys import ADDRESS_CLAIMS, ADDRESS_HOLDER, USERS
from accounts.laws import addresses_are_reserved
from accounts.managers import addresses
from accounts.managers.addresses import NOBODY, Claimed, Names, OwnAddress
from accounts.services.personal import seal
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, JobId, Millis, UserId
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
NEVER = Millis(0)
DIGEST = "0" * 64
ONE, OTHER = UserId(1 << 10), UserId(2 << 10)
pytestmark = pytest.mark.usefixtures("any_redis")


@pytest.fixture
def _law_holds_afterwards(any_redis: redis.Redis) -> Iterator[None]:
    """Whatever the jobs did, rows and reservations mirror each other."""
    del any_redis
    yield
    assert list(addresses_are_reserved(HERE)) == []


def claim(user_id: UserId, *, names: Names = "yes", proven: int = 0) -> Claimed:
    """Note what an account makes of the address."""
    return addresses.claim_address(
        digest=DIGEST, user_id=user_id, names=names, proven=Millis(proven), now=NOW
    )


def holder() -> UserId:
    """Who holds the address."""
    return addresses.accounts_of_address(DIGEST, most=10)[0]


def with_address(*, proven: int = 0, cell: Cell = HERE) -> UserId:
    """A user whose row names the address."""
    user_id = a_user(cell=cell)
    text_client().hset(USERS.row(user_id), mapping={"email_hash": DIGEST, "email_sealed": "s"})
    if proven:
        text_client().hset(USERS.row(user_id), "email_proven", proven)
    return user_id


def test_named_several_accounts_may_name_an_address() -> None:
    assert claim(ONE) == Claimed("named")
    assert claim(OTHER) == Claimed("named")
    assert addresses.accounts_of_address(DIGEST, most=10) == (NOBODY, [OTHER, ONE])


def test_held_by_the_one_who_has_proven_it_last() -> None:
    first = claim(ONE, proven=5)
    second = claim(OTHER, proven=6)

    assert (first, second) == (Claimed("held", NOBODY), Claimed("held", ONE))
    assert holder() == OTHER


def test_proven_later_by_another_it_stays_with_that_one() -> None:
    claim(ONE, proven=6)

    late = claim(OTHER, proven=5)

    assert late == Claimed("proven_later", ONE)
    assert holder() == ONE


def test_released_neither_named_nor_held() -> None:
    claim(ONE, proven=5)

    released = claim(ONE, names="no")

    assert released == Claimed("released")
    assert addresses.accounts_of_address(DIGEST, most=10) == (NOBODY, [])
    assert not text_client().exists(ADDRESS_HOLDER(digest=DIGEST, cell=HERE))


def test_what_is_no_longer_proven_is_no_longer_held() -> None:
    claim(ONE, proven=5)

    assert claim(ONE) == Claimed("named")
    assert holder() == NOBODY


def test_a_stranger_releases_nothing() -> None:
    claim(ONE, proven=5)

    claim(OTHER, names="no")
    claim(OTHER)

    assert holder() == ONE


def test_proven_the_row_says_so_and_the_reservation_follows() -> None:
    user_id = with_address()
    event = AddressChanged(HERE, user_id, seal(DIGEST), "nonce")

    done = addresses.prove_address(user_id=user_id, digest=DIGEST, now=NOW, follow=following(event))
    drain(HERE)

    assert done
    assert addresses.own_address(user_id) == OwnAddress(DIGEST, "s", NOW)
    assert holder() == user_id


def test_another_address_is_not_proven() -> None:
    user_id = with_address()

    done = addresses.prove_address(user_id=user_id, digest="1" * 64, now=NOW, follow=())

    assert not done
    assert addresses.own_address(user_id) == OwnAddress(DIGEST, "s", NEVER)


def test_unproven_only_what_is_as_it_was_read() -> None:
    user_id = with_address(proven=5)

    old = addresses.unprove_address(user_id=user_id, own=OwnAddress(DIGEST, "s", Millis(4)))
    now = addresses.unprove_address(user_id=user_id, own=OwnAddress(DIGEST, "s", Millis(5)))

    assert (old, now) == (False, True)
    assert addresses.own_address(user_id) == OwnAddress(DIGEST, "s", NEVER)


def test_counted_once_for_a_job_and_spent_after_so_many() -> None:
    def count(job: str, now: int) -> bool:
        return addresses.count_mail(
            digest=DIGEST, job_id=JobId(job), now=Millis(now), span_ms=1000, most=2
        )

    assert [count("c0.a.1", 1), count("c0.a.1", 2), count("c0.a.2", 3)] == [True, True, True]
    assert not count("c0.a.3", 4)
    assert count("c0.a.3", 1002)


def test_the_law_tells_a_reservation_that_is_not_the_accounts() -> None:
    user_id = with_address(proven=5)
    ledger.stage(SyncAddress.of(user_id, "one"))
    drain(HERE)
    before = list(addresses_are_reserved(HERE))

    claim(OTHER, proven=6)

    assert before == []
    assert "held by 2048" in "".join(addresses_are_reserved(HERE))


@pytest.mark.usefixtures("_law_holds_afterwards")
@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0, 1)])
def test_in_whatever_order_the_jobs_run_the_last_proof_holds(order: tuple[int, ...]) -> None:
    users = [with_address(proven=5), with_address(proven=6)]

    for number, index in enumerate(order):
        ledger.stage(SyncAddress.of(users[index], f"fact-{number}"))
        drain(HERE)

    assert holder() == users[1]
    assert addresses.own_address(users[0]) == OwnAddress(DIGEST, "s", NEVER)
    assert addresses.own_address(users[1]) == OwnAddress(DIGEST, "s", Millis(6))


def test_an_account_that_has_another_address_by_now_gives_the_old_one_free() -> None:
    user_id = with_address(proven=5)
    ledger.stage(SyncAddress.of(user_id, "one"))
    drain(HERE)
    text_client().hset(USERS.row(user_id), "email_hash", "1" * 64)

    ledger.stage(SyncAddress.of(user_id, "two", seal(DIGEST)))
    drain(HERE)

    assert addresses.accounts_of_address(DIGEST, most=10) == (NOBODY, [])


def test_of_accounts_in_two_cells_that_prove_an_address_one_holds_it(
    any_redis: redis.Redis, settings: object
) -> None:
    settings.CELLS = 2  # type: ignore[attr-defined]
    users = [with_address(proven=5), with_address(proven=6, cell=Cell(1))]

    for user_id in users:
        ledger.stage(SyncAddress.of(user_id, "proven"))
    for _ in range(3):
        drain(Cell(0))
        drain(Cell(1))

    assert holder() == users[1]
    assert any_redis.zcard(ADDRESS_CLAIMS(digest=DIGEST, cell=HERE)) == 2
    assert [addresses.own_address(user_id) for user_id in users] == [
        OwnAddress(DIGEST, "s", NEVER),
        OwnAddress(DIGEST, "s", Millis(6)),
    ]


def test_of_twenty_proofs_at_once_one_account_holds_the_address(real_redis: redis.Redis) -> None:
    del real_redis
    users = [UserId((number + 1) << 10) for number in range(20)]

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda user_id: claim(user_id, proven=int(user_id)), users))

    assert holder() == users[-1]
