"""``/purchase`` with a reseller's code."""

import csv
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from billing.errors import TooMuchToRefund
from billing.events import ResellerCodeRedeemed
from billing.models import Plan, Purchase, ResellerBatch, ResellerCode
from billing.reseller_codes import code_id_of
from billing.services.plans import next_version, plan_on_sale
from billing.services.refunds import refund
from billing.services.reseller import MadeBatch, make_batch, redeemed_as, revoke_batch
from devstack.mandrill_standin import MandrillStandin
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.jobs.worker import drain
from lantern_pro.support.laws import check_laws
from lantern_pro.types import Cell, Millis, UserId
from tests.api.test_purchases import requests_to
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
DAY_MS = 86_400_000


@pytest.fixture(autouse=True)
def laws_hold_afterwards(service: Any, settings: Settings) -> Iterator[None]:
    """Whatever a test does, the laws hold. Nobody is taken to guess: people share an address."""
    del service
    settings.GUESSES_PER_HOUR = settings.PAYMENTS_PER_HOUR = 10_000
    yield
    assert [fault for finding in check_laws() for fault in finding.faults] == []


def batch(count: int = 1, **told: Any) -> MadeBatch:
    """Codes of a reseller, for a year."""
    return make_batch(reseller="Bazaar", plan=plan_on_sale("1y-usd-10"), count=count, **told)


def redeem(client: ClientApp, code: str, **told: Any) -> str:
    """Redeem a code as apps do; what came of it."""
    client.post(
        "/purchase",
        provider="reseller-code",
        resellerCode=code,
        email="reader@example.org",
        deviceName="Pixel",
        currency="usd",
        **told,
    )
    return str(client.answer.get("errorId") or client.answer["paymentStatus"])


def status(client: ClientApp) -> tuple[str, int]:
    """Whether a user is Pro, and how many purchases they have."""
    client.get("/user-data")
    return client.answer["userStatus"], len(client.answer["purchases"])


@pytest.mark.parametrize("how", ["form", "query", "json"])
def test_a_code_makes_the_user_pro_without_stripe(
    new_client: NewClient,
    run_jobs: Callable[[], int],
    how: str,
    stripe_standin: StripeStandin,
    mandrill_standin: MandrillStandin,
) -> None:
    client = new_client(how=how)
    [code] = batch().codes

    outcome = redeem(client, code)
    run_jobs()

    assert outcome == "completed"
    assert client.answer == {"status": "ok", "paymentStatus": "completed", "plan": "1y-usd-10"}
    assert status(client) == ("active", 1)
    client.get("/user-charges")
    assert (client.answer["charges"][0]["amount"], client.answer["complete"]) == (0, True)
    assert requests_to(stripe_standin, "/v1/payment_intents") == []
    assert [mail["subject"] for mail in mandrill_standin.mails] == []  # the reseller was paid


def test_a_code_is_one_purchase_however_often_it_is_sent(client: ClientApp) -> None:
    [code] = batch().codes

    outcomes = [redeem(client, each) for each in (code, code.lower(), code.replace("-", " "))]

    assert outcomes == ["completed"] * 3
    assert status(client) == ("active", 1)
    assert Purchase.objects.count() == 1


def test_a_code_is_one_users(new_client: NewClient) -> None:
    first, second = new_client(), new_client("device-2")
    [code] = batch().codes
    redeem(first, code)

    assert redeem(second, code) == "wrong-reseller-code"
    assert second.answer["details"]["field"] == "resellerCode"
    assert status(second) == ("free", 0)
    assert Purchase.objects.count() == 1


@pytest.mark.parametrize("code", ["nonsense", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", "ключ", "A" * 26])
def test_what_is_no_code_is_refused(client: ClientApp, code: str) -> None:
    assert redeem(client, code) == "wrong-reseller-code"


def test_without_a_code_it_is_told_what_is_missing(client: ClientApp) -> None:
    assert redeem(client, "") == "missing-parameter"
    assert client.answer["details"]["field"] == "resellerCode"


def test_codes_that_are_over_or_revoked_are_refused(client: ClientApp) -> None:
    old = batch(expires=Millis(clock.now() + DAY_MS)).codes[0]
    revoked = batch(2)
    redeem(client, revoked.codes[0])
    revoke_batch(revoked.batch_id)

    with clock.shifted(DAY_MS):
        assert redeem(client, old) == "wrong-reseller-code"
    assert redeem(client, revoked.codes[1]) == "wrong-reseller-code"
    assert redeem(client, revoked.codes[0]) == "completed"


def test_a_code_gives_what_its_plan_gave_when_it_was_made(client: ClientApp) -> None:
    [code] = batch().codes
    plan = Plan.objects.get(pk="1y-usd-10")
    plan.months = 1
    next_version(plan)
    Plan.objects.all().update(on_sale=False)

    redeem(client, code)

    bought = Purchase.objects.get()
    assert (bought.plan, bought.months, bought.description) == ("1y-usd-10", 12, "One year")


def test_the_job_gives_what_the_call_did_not(
    client: ClientApp, run_jobs: Callable[[], int]
) -> None:
    [code] = batch().codes
    code_id = code_id_of(code) or ""
    user_id = UserId(client.user_id)
    ResellerCode.objects.redeem(  # and then the process dies
        code_id,
        user_id=user_id,
        purchase_id=redeemed_as(code_id, user_id),
        now=clock.now(),
        follow=following(ResellerCodeRedeemed(Cell(0), code_id, user_id)),
    )

    run_jobs()

    assert status(client) == ("active", 1)
    assert redeem(client, code) == "completed"
    assert status(client) == ("active", 1)


def test_code_and_user_may_live_in_different_cells(
    new_client: NewClient, settings: Settings
) -> None:
    settings.CELLS = 5
    people = [new_client(f"device-{n}", address=f"203.{n}.0.7") for n in range(6)]
    codes = [batch().codes[0] for _ in people]

    outcomes = [redeem(each, code) for each, code in zip(people, codes, strict=True)]
    for _ in range(3):
        for cell in range(5):
            drain(Cell(cell))

    apart = [
        str(code_id_of(code)).split(".")[0] != f"c{each.user_id % 1024}"
        for each, code in zip(people, codes, strict=True)
    ]
    assert outcomes == ["completed"] * 6
    assert any(apart)
    assert [status(each) for each in people] == [("active", 1)] * 6


def test_a_hundred_calls_of_ten_people_at_once_give_one_of_them_one_year(
    new_client: NewClient,
) -> None:
    [code] = batch().codes
    people = [new_client(f"device-{n}") for n in range(10)]
    apps = [
        ClientApp(device_id=each.device_id, user_id=each.user_id, token=each.token)
        for each in people
        for _ in range(10)
    ]

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda app: redeem(app, code), apps))
    drain(Cell(0))

    assert [status(each) for each in people].count(("active", 1)) == 1
    assert [status(each) for each in people].count(("free", 0)) == 9
    assert Purchase.objects.count() == 1


def test_an_invited_buyer_has_their_bonus_as_with_any_purchase(new_client: NewClient) -> None:
    inviter, client = new_client("device-2"), new_client()
    inviter.get("/user-data")
    client.post("/referral-attach", code=inviter.answer["referral"])

    redeem(client, batch().codes[0])
    drain(Cell(0))

    assert status(client)[0] == "active"
    assert status(inviter)[0] == "active"


def test_guesses_are_counted_and_repetitions_of_one_are_not(
    client: ClientApp, settings: Settings
) -> None:
    settings.GUESSES_PER_HOUR = 2
    [code] = batch().codes

    outcomes = [redeem(client, code) for _ in range(6)]
    guesses = [redeem(client, f"{letter}AAAA-AAAAA-AAAAA-AAAAA-AAAAA") for letter in "BCD"]

    assert outcomes == ["completed"] * 6
    assert guesses[-1] == "too-many-requests"


def test_an_erased_buyer_leaves_the_books_record(
    client: ClientApp, run_jobs: Callable[[], int], stripe_standin: StripeStandin
) -> None:
    redeem(client, batch().codes[0])
    run_jobs()
    client.post("/user-delete")
    client.post("/user-delete", confirmation=client.answer["confirmation"])

    run_jobs()

    assert User.objects.count() == 0
    assert not Purchase.objects.get().source
    assert ResellerCode.objects.get().redeemed


def test_no_money_goes_back_for_a_code(client: ClientApp, stripe_standin: StripeStandin) -> None:
    redeem(client, batch().codes[0])
    bought = Purchase.objects.get()

    with pytest.raises(TooMuchToRefund):
        refund(bought.purchase_id, amount=None, why="asked", nonce="one")

    assert requests_to(stripe_standin, "/v1/refunds") == []
    assert status(client) == ("active", 1)


def test_the_command_prints_the_codes_once_as_a_file(client: ClientApp, capsys: Any) -> None:
    call_command("make_reseller_codes", reseller="Bazaar", plan="1y-usd-10", count=3)

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    [made] = ResellerBatch.objects.all()
    assert [(row["number"], row["plan"], row["batch"]) for row in rows] == [
        (str(number), "1y-usd-10", made.pk) for number in (1, 2, 3)
    ]
    assert redeem(client, rows[1]["code"]) == "completed"
    assert ResellerCode.objects.get(user_id=client.user_id).serial == 2


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"plan": "9y-usd-1"}, "--plan"),
        ({"count": 0}, "1 to 20000"),
        ({"reseller": " "}, "--reseller"),
        ({"expires": "soon"}, "2027-12-31"),
        ({"expires": "2020-01-01"}, "is over"),
    ],
)
def test_the_command_says_what_is_wrong(service: Any, told: dict[str, Any], word: str) -> None:
    usual = {"reseller": "Bazaar", "plan": "1y-usd-10", "count": 1}

    with pytest.raises(CommandError, match=word):
        call_command("make_reseller_codes", **(usual | told))

    assert ResellerBatch.objects.count() == 0
