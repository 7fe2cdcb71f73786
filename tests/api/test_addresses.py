"""``/user-update`` and ``/user-email-confirm``: an address changes only after codes came back."""

import re
from collections.abc import Callable

import pytest
import redis

from accounts.keys import ADDRESS_HOLDER
from accounts.services.address_changes import MOST_CHANGES, MOST_TRIES
from accounts.services.personal import email_hash
from devstack.mandrill_standin import MandrillStandin
from lantern_pro.types import Cell
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
Codes = Callable[[], dict[str, str]]
FIRST, SECOND = "first@example.org", "second@example.org"


@pytest.fixture
def codes(run_jobs: Callable[[], int], mandrill_standin: MandrillStandin) -> Codes:
    """Does what is due; the last code that each address was mailed."""

    def read() -> dict[str, str]:
        run_jobs()
        found = {}
        for mail in mandrill_standin.mails:
            for code in re.findall(r"\b\d{6}\b", mail["text"]):
                found[mail["email"]] = code
        return found

    return read


def email_of(app: ClientApp) -> str:
    """The address that the account says it has."""
    app.get("/user-data")
    return str(app.answer["email"])


def confirm(app: ClientApp, code: str) -> object:
    """Send a code; whether the change is done, or why not."""
    app.post("/user-email-confirm", code=code)
    return app.answer.get("errorId", app.answer.get("confirmed"))


def test_the_first_address_is_there_at_once(client: ClientApp, codes: Codes) -> None:
    client.post("/user-update", email=" First@Example.ORG ")
    answer = client.answer

    assert answer == {"status": "ok", "userId": client.user_id}
    assert email_of(client) == "First@example.org"
    assert confirm(client, codes()["First@example.org"]) is True


def test_an_address_that_was_not_proven_gives_way_to_one_that_is(
    client: ClientApp, codes: Codes
) -> None:
    client.post("/user-update", email=FIRST)
    client.post("/user-update", email=SECOND)
    before = email_of(client)

    done = confirm(client, codes()[SECOND])

    assert before == FIRST
    assert done is True
    assert email_of(client) == SECOND


def test_a_proven_address_is_changed_only_with_a_code_from_each_side(
    client: ClientApp, codes: Codes
) -> None:
    client.post("/user-update", email=FIRST)
    confirm(client, codes()[FIRST])
    client.post("/user-update", email=SECOND)
    mailed = codes()

    first = confirm(client, mailed[SECOND])
    between = email_of(client)
    second = confirm(client, mailed[FIRST])

    assert (first, between, second) == (False, FIRST, True)
    assert email_of(client) == SECOND


def test_an_address_belongs_to_the_account_that_proved_it_last(
    new_client: NewClient, codes: Codes, service: redis.Redis, run_jobs: Callable[[], int]
) -> None:
    one, other = new_client("device-1"), new_client("device-2", address="198.51.100.9")
    holder = ADDRESS_HOLDER(digest=email_hash(FIRST), cell=Cell(0))
    for app in (one, other):
        app.post("/user-update", email=FIRST)
        confirm(app, codes()[FIRST])
        run_jobs()

    assert service.hget(holder, "user_id") == str(other.user_id)


@pytest.mark.parametrize("code", ["000000", "abc"])
def test_a_wrong_code_is_refused_and_after_five_every_code(
    client: ClientApp, codes: Codes, code: str
) -> None:
    client.post("/user-update", email=FIRST)
    right = codes()[FIRST]

    outcomes = [confirm(client, code) for _ in range(MOST_TRIES)]

    assert outcomes == ["wrong-email-code"] * MOST_TRIES
    assert confirm(client, right) == "wrong-email-code"


def test_a_confirmation_whose_answer_was_lost_is_answered_the_same_again(
    client: ClientApp, codes: Codes
) -> None:
    client.post("/user-update", email=FIRST)
    confirm(client, codes()[FIRST])
    client.post("/user-update", email=SECOND)
    mailed = codes()
    confirm(client, mailed[SECOND])
    confirm(client, mailed[FIRST])

    again = [confirm(client, mailed[FIRST]), confirm(client, mailed[SECOND])]

    assert again == [True, True]
    assert email_of(client) == SECOND
    assert confirm(client, "000000") == "no-address-change"


def test_a_code_of_an_address_that_another_account_has_proven_since_confirms_nothing(
    new_client: NewClient, codes: Codes, run_jobs: Callable[[], int]
) -> None:
    one, other = new_client("device-1"), new_client("device-2", address="198.51.100.9")
    mailed = []
    for app in (one, other):
        app.post("/user-update", email=FIRST)
        mailed.append(codes()[FIRST])
        confirm(app, mailed[-1])
        run_jobs()

    assert confirm(one, mailed[0]) == "no-address-change"
    assert confirm(other, mailed[1]) is True


def test_without_a_change_there_is_nothing_to_confirm(client: ClientApp) -> None:
    assert confirm(client, "123456") == "no-address-change"


def test_who_has_the_token_cannot_guess_at_the_old_address_again_and_again(
    client: ClientApp, codes: Codes
) -> None:
    client.post("/user-update", email=FIRST)
    confirm(client, codes()[FIRST])
    for number in range(MOST_CHANGES):
        client.address = f"198.51.{number}.1"
        client.post("/user-update", email=f"another-{number}@example.org")
    begun = client.answer["status"]

    client.post("/user-update", email=SECOND)

    assert begun == "ok"
    assert client.answer["errorId"] == "too-many-address-changes"
    assert email_of(client) == FIRST


def test_an_address_that_is_none_is_refused(client: ClientApp) -> None:
    client.post("/user-update", email="no address")

    assert client.answer["errorId"] == "invalid-email"


def test_only_the_owner_changes_the_address(client: ClientApp) -> None:
    client.token = "guessed"

    client.post("/user-update", email=FIRST)

    assert client.answer["errorId"] == "wrong-credentials"


def test_a_repeated_update_sends_no_second_mail(
    client: ClientApp, codes: Codes, mandrill_standin: MandrillStandin
) -> None:
    for _ in range(3):
        client.post("/user-update", email=FIRST)
    codes()

    assert len(mandrill_standin.mails) == 1


def test_an_account_with_an_address_of_its_own_is_recovered_by_it(
    client: ClientApp, codes: Codes, run_jobs: Callable[[], int]
) -> None:
    client.post("/user-update", email=FIRST)
    run_jobs()
    bare = ClientApp(device_id="device-new", address="198.51.100.9")
    bare.post("/user-link-request", email=FIRST)

    bare.post("/user-link-validate", code=codes()[FIRST])

    assert bare.answer["userId"] == client.user_id
