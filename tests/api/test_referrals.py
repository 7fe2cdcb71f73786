"""``/referral-attach`` and what an invitation earns."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lantern_pro.support.laws import check_laws
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
RunJobs = Callable[[], int]
DAY = 86_400


def code_of(app: ClientApp) -> str:
    """A user's own referral code."""
    app.get("/user-data")
    return str(app.answer["referral"])


def expiration_of(app: ClientApp) -> int:
    """When a user's Pro time ends, Unix seconds."""
    app.get("/user-data")
    return int(app.answer["expiration"])


@pytest.mark.parametrize(
    "spelling", [str.upper, str.lower, lambda code: f" {code[:4]}-{code[4:]} "]
)
def test_a_code_is_attached_as_people_write_it(
    new_client: NewClient, run_jobs: RunJobs, spelling: Callable[[str], str]
) -> None:
    inviter, invitee = new_client("inviter"), new_client("invitee")
    code = code_of(inviter)

    invitee.post("/referral-attach", code=spelling(code))
    attached = invitee.answer
    run_jobs()

    assert attached == {"status": "ok"}
    invitee.get("/user-data")
    assert invitee.answer["inviters"] == [code]
    inviter.get("/user-data")
    assert inviter.answer["invitees"] == [str(invitee.user_id)]


def test_the_newer_name_of_the_call_is_the_same_call(
    new_client: NewClient, run_jobs: RunJobs
) -> None:
    inviter, invitee = new_client("inviter"), new_client("invitee")
    code = code_of(inviter)

    answers = [invitee.post("/referral-attach-v2", code=each).json() for each in ("AA", code)]
    run_jobs()

    assert answers[0]["errorId"] == "wrong-referral-code"
    assert answers[1] == {"status": "ok"}
    inviter.get("/user-data")
    assert inviter.answer["invitees"] == [str(invitee.user_id)]


@pytest.mark.parametrize("code", ["AAAAAAAA", "AA", "ZZZZZZZZ", "not a code", "٣٣٣٣٣٣٣٣"])
def test_a_code_of_nobody_is_refused(new_client: NewClient, code: str) -> None:
    invitee = new_client("invitee")

    response = invitee.post("/referral-attach", code=code)

    assert response.status_code == 200
    assert invitee.answer["errorId"] == "wrong-referral-code"
    assert invitee.answer["details"]["field"] == "code"


def test_a_missing_code_is_named(new_client: NewClient) -> None:
    invitee = new_client("invitee")

    invitee.post("/referral-attach")

    assert invitee.answer["errorId"] == "missing-parameter"
    assert invitee.answer["details"]["field"] == "code"


def test_nobody_invites_themself_or_is_invited_twice(new_client: NewClient) -> None:
    first, second, third = (new_client(name) for name in ("first", "second", "third"))

    first.post("/referral-attach", code=code_of(first))
    own = first.answer["errorId"]
    first.post("/referral-attach", code=code_of(second))
    first.post("/referral-attach", code=code_of(third))

    assert own == "own-referral-code"
    assert first.answer["errorId"] == "referral-already-attached"


def test_a_ring_of_invitations_is_refused(new_client: NewClient) -> None:
    first, second, third = (new_client(name) for name in ("first", "second", "third"))
    second.post("/referral-attach", code=code_of(first))
    third.post("/referral-attach", code=code_of(second))

    first.post("/referral-attach", code=code_of(third))

    assert first.answer["errorId"] == "referral-ring"


def test_of_two_who_attach_each_other_at_once_one_is_refused(new_client: NewClient) -> None:
    for turn in range(10):
        first, second = new_client(f"first-{turn}"), new_client(f"second-{turn}")
        codes = [code_of(second), code_of(first)]

        with ThreadPoolExecutor(2) as threads:
            list(
                threads.map(
                    lambda pair: pair[0].post("/referral-attach", code=pair[1]),
                    zip([first, second], codes, strict=True),
                )
            )

        answers = sorted(app.answer.get("errorId", "") for app in (first, second))
        assert answers == ["", "referral-ring"]


@pytest.mark.parametrize(("plan", "months"), [("1y-usd-10", 1), ("2y-usd-10", 3)])
def test_a_purchase_rewards_both_sides_by_the_length_of_the_plan_once(
    new_client: NewClient, run_jobs: RunJobs, plan: str, months: int
) -> None:
    inviter, invitee, stranger = (new_client(name) for name in ("inviter", "invitee", "stranger"))
    invitee.post("/referral-attach", code=code_of(inviter))

    stranger.buy(plan=plan)
    for app in (invitee, invitee):
        app.buy(plan=plan)
        run_jobs()

    gained = expiration_of(invitee) - expiration_of(stranger)
    assert months * 28 * DAY <= gained <= months * 31 * DAY + 5
    bonus = expiration_of(inviter) - int(time.time())
    assert months * 28 * DAY <= bonus <= months * 31 * DAY
    faults = [fault for finding in check_laws() for fault in finding.faults]
    assert faults == []


def test_only_the_first_purchase_of_an_invitee_earns(
    new_client: NewClient, run_jobs: RunJobs
) -> None:
    inviter, invitee = new_client("inviter"), new_client("invitee")
    invitee.post("/referral-attach", code=code_of(inviter))
    invitee.buy(idempotencyKey="one")
    run_jobs()
    after_one = expiration_of(inviter)

    invitee.buy(idempotencyKey="two", stripeToken="tok_mastercard", insist="true")
    run_jobs()

    assert expiration_of(inviter) == after_one


def test_a_code_attached_after_a_purchase_earns_with_the_next(
    new_client: NewClient, run_jobs: RunJobs
) -> None:
    inviter, invitee = new_client("inviter"), new_client("invitee")
    invitee.buy(idempotencyKey="one")
    run_jobs()
    invitee.post("/referral-attach", code=code_of(inviter))
    invitee.buy(idempotencyKey="two", stripeToken="tok_mastercard", insist="true")

    run_jobs()

    assert expiration_of(inviter) > 0
