"""The scripts of a purchase, an outcome each, on fakeredis and on the real server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import redis

from accounts.errors import NoSuchUser
from accounts.keys import DEVICE_NAMES, DEVICES, TIME_LEDGER, USERS
from accounts.managers.mails import Posted, mails_of
from billing.errors import IdempotencyKeyReused, NoSuchPurchase
from billing.jobs import SendReceipt, SettlePurchase
from billing.keys import PURCHASES
from billing.laws import paid_is_given
from billing.models import Purchase
from billing.services.purchases import purchase_id_of
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, LeasedJob, NewJob
from lantern_pro.jobs.keys import DUE
from lantern_pro.store.keys import new_id
from lantern_pro.types import Millis, PurchaseId, UserId
from tests.leasing import take
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)


@pytest.fixture
def buyer(any_redis: redis.Redis) -> UserId:
    """A user."""
    del any_redis
    return a_user()


@pytest.fixture(autouse=True)
def laws_hold_afterwards(any_redis: redis.Redis) -> Iterator[None]:
    """Whatever a test does, what is paid is given."""
    yield
    assert list(paid_is_given(HERE)) == []


def begin(
    buyer: UserId, *, key: str = "tap", digest: str = "d", device_limit: str = "", **guard: Any
) -> PurchaseId:
    """Begin a purchase of a year, with the job that will settle it."""
    purchase_id = purchase_id_of(buyer, key)
    intent = {
        "plan": "1y-usd-10", "months": "12", "days": "0", "amount_minor": "4800",
        "currency": "usd", "source": "tok_visa", "device_id": "device-9", "device_name": "Pixel",
        "email_sealed": "sealed", "email_hash": "abc", "reason": "",
        "device_limit": device_limit,
    }  # fmt: skip
    Purchase.objects.begin(
        purchase_id=purchase_id,
        user_id=buyer,
        now=NOW,
        intent=intent,
        digest=digest,
        follow=[NewJob(HERE, SettlePurchase(purchase_id), purchase_id)],
        **guard,
    )
    return purchase_id


def complete(buyer: UserId, purchase_id: PurchaseId, **changes: Any) -> bool:
    """Complete a purchase, as Stripe told."""
    told: dict[str, Any] = {
        "purchase_id": purchase_id,
        "user_id": buyer,
        "now": NOW,
        "paid_at": NOW,
        "device_limit": 3,
        "payment_intent": "pi_1",
        "charge_id": "ch_1",
        "bonus_months": 1,
        "bonus_fact": "invited",
        "fence": None,
        "follow": [NewJob(HERE, SendReceipt(purchase_id), purchase_id)],
    }
    return Purchase.objects.complete(**(told | changes))


def held_job() -> LeasedJob:
    """The job that settles the purchase, held by this test."""
    [job] = take(HERE, most=1)
    return job


def test_begun_the_intent_and_its_job_are_there(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer)

    row = any_redis.hgetall(PURCHASES.row(purchase_id))
    assert (row["state"], row["amount_minor"]) == ("begun", "4800")
    assert any_redis.zrange(DUE(cell=HERE, kind="settle_purchase"), 0, -1) == [
        f"c0.settle_purchase.{purchase_id}"
    ]


def test_known_the_second_beginning_changes_nothing(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer)
    before = any_redis.hgetall(PURCHASES.row(purchase_id))

    begin(buyer)

    assert any_redis.hgetall(PURCHASES.row(purchase_id)) == before


def test_key_reused_nothing_changes(buyer: UserId) -> None:
    begin(buyer)

    with pytest.raises(IdempotencyKeyReused):
        begin(buyer, digest="another plan")


def test_no_such_user_nothing_is_begun(any_redis: Any) -> None:
    with pytest.raises(NoSuchUser):
        begin(UserId(new_id(HERE)))

    assert list(any_redis.scan_iter("{c0}:*")) == []  # a wake-up may have rung for nothing


def test_completed_time_device_address_pointers_and_jobs_come_together(
    buyer: UserId, any_redis: Any
) -> None:
    purchase_id = begin(buyer)

    completed = complete(buyer, purchase_id)

    assert completed
    user = any_redis.hgetall(USERS.row(buyer))
    assert int(user["expiration"]) == NOW + 365 * 86_400_000
    assert (user["email_sealed"], user["email_hash"]) == ("sealed", "abc")
    assert any_redis.hget(DEVICE_NAMES(user_id=buyer), "device-9") == "Pixel"
    assert any_redis.hget(PURCHASES.row(purchase_id), "charge_id") == "ch_1"
    assert f"c0.send_receipt.{purchase_id}" in any_redis.zrange(
        DUE(cell=HERE, kind="send_receipt"), 0, -1
    )


def test_paid_before_gives_nothing_more(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer)
    complete(buyer, purchase_id)
    before = any_redis.hgetall(USERS.row(buyer))

    again = complete(buyer, purchase_id)

    assert not again
    assert any_redis.hgetall(USERS.row(buyer)) == before


def test_an_address_that_is_known_stays(buyer: UserId, any_redis: Any) -> None:
    any_redis.hset(USERS.row(buyer), mapping={"email_sealed": "first", "email_hash": "first"})
    purchase_id = begin(buyer)

    complete(buyer, purchase_id)

    assert any_redis.hget(USERS.row(buyer), "email_sealed") == "first"


def test_a_buyer_whose_account_is_full_gets_the_time_and_no_further_device(
    buyer: UserId, any_redis: Any
) -> None:
    purchase_id = begin(buyer)

    completed = complete(buyer, purchase_id, device_limit=1)

    assert completed
    assert any_redis.zrange(DEVICES(user_id=buyer), 0, -1) == ["device-1"]
    assert any_redis.hget(USERS.row(buyer), "expiration") != "0"


def test_no_such_purchase_gives_nothing(buyer: UserId, any_redis: Any) -> None:
    with pytest.raises(NoSuchPurchase):
        complete(buyer, purchase_id_of(buyer, "never begun"))

    assert any_redis.hget(USERS.row(buyer), "expiration") == "0"
    assert not any_redis.exists(TIME_LEDGER(user_id=buyer))


def test_an_invited_buyer_gets_a_bonus_once(buyer: UserId, any_redis: Any) -> None:
    any_redis.hset(USERS.row(buyer), mapping={"inviter_id": 1 << 10, "invited": NOW})
    for number in (1, 2):
        purchase_id = begin(buyer, key=f"tap {number}")
        complete(buyer, purchase_id, payment_intent=f"pi_{number}", charge_id=f"ch_{number}")

    facts = any_redis.hkeys(TIME_LEDGER(user_id=buyer))

    assert sorted(facts) == ["invited", "purchase.pi_1", "purchase.pi_2"]


def test_the_job_that_completes_is_done_in_the_same_step(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer)
    job = held_job()

    complete(buyer, purchase_id, fence=job.fence)

    with pytest.raises(AlreadyDone):
        complete(buyer, purchase_id, fence=job.fence)


def test_a_superseded_job_gives_nothing(buyer: UserId, any_redis: Any, settings: Any) -> None:
    settings.JOB_LEASE_MS = 0
    purchase_id = begin(buyer)
    slow = held_job()
    held_job()

    with pytest.raises(Superseded):
        complete(buyer, purchase_id, fence=slow.fence)

    assert any_redis.hget(USERS.row(buyer), "expiration") == "0"


def test_of_twenty_completions_at_once_one_gives(real_redis: Any) -> None:
    buyer = a_user()
    purchase_id = begin(buyer)

    with ThreadPoolExecutor(20) as threads:
        given = list(threads.map(lambda _: complete(buyer, purchase_id), range(20)))

    assert given.count(True) == 1
    assert real_redis.hlen(TIME_LEDGER(user_id=buyer)) == 1


def decline(purchase_id: PurchaseId) -> None:
    """Decline a purchase."""
    Purchase.objects.decline(
        purchase_id=purchase_id, now=NOW, reason="insufficient_funds", fence=None
    )


def test_declined_with_the_reason(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer)

    decline(purchase_id)

    row = any_redis.hgetall(PURCHASES.row(purchase_id))
    assert (row["state"], row["reason"]) == ("declined", "insufficient_funds")


def test_ended_before_what_is_paid_stays_paid(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer)
    complete(buyer, purchase_id)

    decline(purchase_id)

    assert any_redis.hget(PURCHASES.row(purchase_id), "state") == "paid"


def test_declining_what_is_not_there_is_told(buyer: UserId) -> None:
    with pytest.raises(NoSuchPurchase):
        decline(purchase_id_of(buyer, "never begun"))


def test_recorded_the_pointer_to_the_receipt_is_kept_and_the_job_done(
    buyer: UserId, any_redis: Any
) -> None:
    purchase_id = begin(buyer)
    job = held_job()
    posted = Posted("receipt", NOW, "sent", "mandrill", "m1")

    record_receipt(buyer, purchase_id, posted, job.fence)

    assert any_redis.hget(PURCHASES.row(purchase_id), "mail_id") == "m1"
    assert mails_of(buyer, most=9) == [posted]
    with pytest.raises(AlreadyDone):
        record_receipt(buyer, purchase_id, replace(posted, id="m2"), job.fence)
    assert mails_of(buyer, most=9) == [posted]


def test_recorded_a_receipt_that_nobody_gets_is_no_mail(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer)

    record_receipt(buyer, purchase_id, None, held_job().fence)

    assert any_redis.hget(PURCHASES.row(purchase_id), "mail_id") == ""
    assert mails_of(buyer, most=9) == []


def record_receipt(
    buyer: UserId, purchase_id: PurchaseId, posted: Posted | None, fence: Fence
) -> None:
    """Keep what became of a receipt."""
    Purchase.objects.record_receipt(
        purchase_id=purchase_id, user_id=buyer, posted=posted, fence=fence
    )
