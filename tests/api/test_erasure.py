"""``/user-delete``: a user is erased but for the books' record."""

from collections.abc import Callable

import pytest
import redis

from accounts.managers.mails import note_mail_event, standing_of
from accounts.models import User
from accounts.services.personal import email_hash
from accounts.services.privacy import CONFIRM_WITHIN_MS
from accounts.services.tokens import admission
from billing.models import Purchase
from devstack.mandrill_standin import MandrillStandin
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs.models import Job
from lantern_pro.store.volatile import is_volatile
from lantern_pro.support.laws import check_laws
from lantern_pro.types import UserId
from tests.api.test_purchases import requests_to
from tests.client_app import ClientApp
from tests.dump import dump, places_of
from tests.reader import DEVICE, EMAIL, NAME, reader

__all__ = ["reader"]

NewClient = Callable[..., ClientApp]
RunJobs = Callable[[], int]

BOOKS = {
    "id",
    "user_id",
    "created",
    "settled",
    "state",
    "reason",
    "plan",
    "months",
    "days",
    "amount_minor",
    "currency",
    "payment_intent",
    "charge_id",
    "device_limit",
    # The terms of the plan, as it was sold, and the promotion that it was bought by.
    "description",
    "promotion",
    "promotion_months",
    "provider",
    "proxies",
    "renewal_days",
    "renewal_months",
    "way",
}
"""The declared accounting record: what may be kept of a purchase."""


def erase(app: ClientApp) -> None:
    """Ask and confirm."""
    app.post("/user-delete")
    app.post("/user-delete", confirmation=app.answer["confirmation"])


def is_truth(key: str) -> bool:
    """Whether a key is more than a count of calls or a message between workers."""
    return ":limit:" not in key and not is_volatile(key)


def faults() -> list[str]:
    """Every breach of every law."""
    return [fault for finding in check_laws() for fault in finding.faults]


def test_asking_to_erase_changes_nothing(reader: ClientApp, service: redis.Redis) -> None:
    before = {key: text for key, text in dump().items() if is_truth(key)}

    reader.post("/user-delete")

    after = {key: text for key, text in dump().items() if is_truth(key)}
    assert reader.answer["erased"] is False
    assert after == before


def test_of_an_erased_user_nothing_is_left_in_redis_but_the_books_record(
    reader: ClientApp, service: redis.Redis, run_jobs: RunJobs
) -> None:
    reader.get("/user-data")
    values = {
        "the address": EMAIL,
        "its hash": email_hash(EMAIL),
        "the device": DEVICE,
        "its name": NAME,
        "the token": reader.token,
        "the admission": admission(reader.token, DEVICE),
        "the referral code": reader.answer["referral"],
        "its index": reader.answer["referral"].lower(),
        "the source of the money": "tok_visa",
    }
    held = dump()
    not_in_clear = [name for name, value in values.items() if not places_of(value, held)]
    assert not_in_clear == ["the address", "the token"]

    erase(reader)
    run_jobs()

    left = dump()
    assert reader.answer == {
        "status": "ok", "erased": True, "confirmation": "", "confirmUntil": 0
    }  # fmt: skip
    found = {name: places_of(value, left) for name, value in values.items()}
    # That a proxy shall admit the device no longer is told by the hash by which it knew it.
    [told] = found.pop("the admission")
    assert told.endswith(":changes")
    assert {name: keys for name, keys in found.items() if keys} == {}
    assert faults() == []


def test_the_number_of_an_erased_user_stands_in_the_books_and_in_notes_of_work_alone(
    reader: ClientApp, service: redis.Redis, run_jobs: RunJobs
) -> None:
    erase(reader)
    run_jobs()

    left = places_of(str(reader.user_id), dump())
    kinds = {key.partition(":")[2].split(":")[0].split("@")[0] for key in left}
    [purchase] = [key for key in left if ":purchase:" in key]
    # The inviter keeps the bonus that this user earned them, under the number alone; so does the
    # user who came by this one's code.
    others = [key for key in left if ":user:" in key]
    assert kinds <= {"purchase", "job", "jobs", "user"}
    assert set(service.hgetall(purchase)) <= BOOKS
    assert all(key.endswith(":time") or service.hget(key, "inviter_id") for key in others)
    assert not any(str(reader.user_id) in key for key in others)


def test_others_keep_what_they_have_and_no_longer_show_the_erased(
    reader: ClientApp, new_client: NewClient, run_jobs: RunJobs
) -> None:
    reader.get("/user-export")
    [invitee_id] = reader.answer["held"]["invitees"]
    inviter_id = UserId(int(reader.answer["held"]["account"]["inviter_id"]))

    erase(reader)
    run_jobs()

    invitee = User.objects.get_account(UserId(invitee_id))
    inviter = User.objects.get_account(inviter_id)
    assert invitee is not None
    assert inviter is not None
    assert "inviter" not in invitee.row
    assert inviter.invitees == []
    assert [entry.kind for entry in inviter.time_ledger] == ["referral_bonus"]


def test_at_stripe_the_payment_no_longer_names_the_user(
    reader: ClientApp, run_jobs: RunJobs, stripe_standin: StripeStandin
) -> None:
    intent = Purchase.objects.get().payment_intent

    erase(reader)
    run_jobs()

    [told] = requests_to(stripe_standin, f"/v1/payment_intents/{intent}")
    assert "metadata" in str(told)
    assert str(reader.user_id) not in str(told).replace(f"c0.{reader.user_id}.", "")


def test_while_stripe_is_away_the_rest_is_gone_and_the_job_goes_on_later(
    reader: ClientApp, run_jobs: RunJobs, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("status_500", "/v1/payment_intents", method="POST", times=1))

    erase(reader)
    run_jobs()

    waiting = Job.objects.get(kind="forget_purchases")
    assert User.objects.get_account(UserId(reader.user_id)) is None
    assert (waiting.state, waiting.phase) == ("pending", "forgetting")
    assert Purchase.objects.get().email == EMAIL


def test_a_user_cannot_be_erased_while_a_payment_is_open(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("status_500", "/v1/payment_intents", times=99))
    client.buy(timeout=0)

    response = client.post("/user-delete")

    assert (response.status_code, client.answer["errorId"]) == (202, "purchase-under-way")


def test_a_repeated_confirmation_is_answered_as_the_first(reader: ClientApp) -> None:
    reader.post("/user-delete")
    confirmation = reader.answer["confirmation"]
    reader.post("/user-delete", confirmation=confirmation)
    first = reader.answer

    reader.post("/user-delete", confirmation=confirmation)

    assert first["erased"] is True
    assert reader.answer == first


@pytest.mark.parametrize("confirmation", ["nonsense", "1764000000000.abcdef", "9" * 90, "٣.x"])
def test_a_made_up_confirmation_erases_nobody(reader: ClientApp, confirmation: str) -> None:
    reader.post("/user-delete", confirmation=confirmation)

    assert reader.answer["errorId"] == "wrong-confirmation"
    assert User.objects.get_account(UserId(reader.user_id)) is not None


def test_the_confirmation_of_one_user_does_not_erase_another(
    reader: ClientApp, new_client: NewClient
) -> None:
    other = new_client("device-of-another")
    other.post("/user-delete")

    reader.post("/user-delete", confirmation=other.answer["confirmation"])

    assert reader.answer["errorId"] == "wrong-confirmation"


def test_an_old_confirmation_erases_nobody(reader: ClientApp) -> None:
    with clock.shifted(-CONFIRM_WITHIN_MS - 1_000):
        reader.post("/user-delete")

    reader.post("/user-delete", confirmation=reader.answer["confirmation"])

    assert reader.answer["errorId"] == "wrong-confirmation"


def test_the_laws_tell_of_what_an_erased_user_left(
    reader: ClientApp, service: redis.Redis, run_jobs: RunJobs
) -> None:
    erase(reader)
    run_jobs()
    purchase = Purchase.objects.get()
    service.hset(f"{{c0}}:user:{reader.user_id}:device_names", DEVICE, NAME)
    service.hset(f"{{c0}}:purchase:{purchase.pk}", "device_name", NAME)

    told = faults()

    assert any("device_names is left" in fault for fault in told)
    assert any("its buyer is gone, and it has ['device_name']" in fault for fault in told)


def test_that_an_owner_complained_outlives_another_account_that_named_the_address(
    reader: ClientApp, new_client: NewClient, run_jobs: RunJobs
) -> None:
    note_mail_event(digest=email_hash(EMAIL), kind="complained", at=clock.now(), why="spam")
    other = new_client("device-of-another")
    other.post("/user-update", email=EMAIL)
    run_jobs()

    erase(other)
    run_jobs()
    by_the_other = standing_of(email_hash(EMAIL)).trouble
    erase(reader)
    run_jobs()

    assert by_the_other == "complained"
    assert standing_of(email_hash(EMAIL)).trouble == ""


def test_who_is_erased_before_their_receipt_was_sent_gets_none_and_leaves_nothing(
    client: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    client.buy()

    erase(client)
    run_jobs()

    assert faults() == []
    assert Purchase.objects.get().mail_id is None
