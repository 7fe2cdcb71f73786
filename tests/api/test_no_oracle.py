"""Nobody learns from an answer, or from how long it takes, whether an address has an account."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from tests.client_app import ClientApp
from tests.timing import A_GUESS, beyond_chance, seconds_of, share_that_is_slower

KNOWN, UNKNOWN = "reader@example.org", "nobody@example.org"
ROUNDS = 150

Call = Callable[[ClientApp, str], Any]
CALLS: dict[str, Call] = {
    "/email-exists": lambda app, email: app.get("/email-exists", email=email),
    "/user-link-request": lambda app, email: app.post("/user-link-request", email=email),
    "/user-email-request": lambda app, email: app.post("/user-email-request", email=email),
    "/user-recover": lambda app, email: app.post("/user-recover", email=email),
}


@pytest.fixture(autouse=True)
def _somebody_is_known(client: ClientApp, run_jobs: Callable[[], int], settings: Settings) -> None:
    settings.MAILS_PER_HOUR = settings.GUESSES_PER_HOUR = settings.CALLS_PER_MINUTE = 1_000_000
    client.buy(email=KNOWN)
    run_jobs()


@pytest.mark.parametrize("path", CALLS)
def test_a_known_and_an_unknown_address_get_the_same_answer_in_the_same_time(path: str) -> None:
    call = CALLS[path]
    took: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    bodies = set()

    for number in range(ROUNDS):
        for email in (KNOWN, UNKNOWN) if number % 2 else (UNKNOWN, KNOWN):
            app = ClientApp(device_id=f"device-{number}-{email}", address="198.51.100.9")
            took[email].append(seconds_of(lambda app=app, email=email: call(app, email)))  # type: ignore[misc]
            bodies.add(str(app.answer))

    share = share_that_is_slower(took[KNOWN], took[UNKNOWN])
    assert len(bodies) == 1
    assert abs(share - A_GUESS) < beyond_chance(ROUNDS)


@pytest.mark.parametrize("email", [KNOWN, UNKNOWN])
def test_a_wrong_code_is_answered_alike_whether_or_not_a_mail_went_out(
    email: str, run_jobs: Callable[[], int]
) -> None:
    app = ClientApp(device_id="device-new", address="198.51.100.9")
    app.post("/user-link-request", email=email)
    run_jobs()

    app.post("/user-link-validate", code="0000000")

    assert app.answer == {
        "status": "error",
        "error": "This code is wrong, or its time is over.",
        "errorId": "wrong-link-code",
        "details": {"field": "code"},
    }


def test_a_difference_of_a_tenth_would_be_seen() -> None:
    alike = [1.0 + number / 1000 for number in range(ROUNDS)]
    slower = [1.1 * each for each in alike]

    assert abs(share_that_is_slower(slower, alike) - A_GUESS) > beyond_chance(ROUNDS)
    assert share_that_is_slower(alike, alike) == pytest.approx(A_GUESS, abs=0.01)
