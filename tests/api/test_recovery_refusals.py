"""What recovers nothing, and what asking for an account by its address does not tell."""

from collections.abc import Callable
from typing import Any

import pytest
import redis

from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
EMAIL = "reader@example.org"


@pytest.fixture
def owner(client: ClientApp, run_jobs: Callable[[], int]) -> ClientApp:
    """Who paid, and gave an address with it."""
    client.buy(email=EMAIL)
    run_jobs()
    return client


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_an_address_and_a_device_id_recover_nothing(
    owner: ClientApp, email: str, service: redis.Redis
) -> None:
    stranger = ClientApp(device_id=owner.device_id, address=owner.address)

    stranger.post("/user-recover", email=email)

    assert stranger.answer["errorId"] == "wrong-device"


def test_who_shows_the_token_is_told_the_credentials_again(owner: ClientApp) -> None:
    owner.post("/user-recover", email="READER@example.org")

    assert owner.answer["userID"] == owner.answer["userId"] == owner.user_id
    assert owner.answer["token"] == owner.token


def test_another_accounts_address_recovers_nothing(owner: ClientApp, new_client: NewClient) -> None:
    other = new_client("device-2", address="198.51.100.9")

    other.post("/user-recover", email=EMAIL)

    assert other.answer["errorId"] == "wrong-device"


@pytest.mark.parametrize(
    ("email", "error_id"), [("", "cannot-recover-user"), ("no address", "wrong-email")]
)
def test_what_is_no_address_is_told_so(client: ClientApp, email: str, error_id: str) -> None:
    client.post("/user-recover", email=email)

    assert client.answer["errorId"] == error_id
    assert client.answer["details"]["field"] == "email"


@pytest.mark.parametrize("path", ["/user-link-request", "/user-email-request"])
@pytest.mark.parametrize(
    ("told", "error_id"),
    [
        ({}, "missing-parameter"),
        ({"email": "no address"}, "invalid-email"),
        ({"telephone": "+49 30 901820"}, "telephone-not-supported"),
    ],
)
def test_a_request_that_can_lead_to_no_mail_is_refused(
    client: ClientApp, path: str, told: dict[str, str], error_id: str
) -> None:
    client.post(path, **told)

    assert client.answer["errorId"] == error_id


def test_nothing_is_linked_by_telephone(client: ClientApp) -> None:
    client.post("/user-link-configure", telephone="+49 30 901820")

    assert client.answer["errorId"] == "telephone-not-supported"


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_any_address_may_be_used(owner: ClientApp, email: str) -> None:
    owner.get("/email-exists", email=email)

    assert owner.answer == {"status": "ok"}


def test_mail_is_refused_where_it_is_switched_off(client: ClientApp, settings: Any) -> None:
    settings.RECOVERY_WAYS = ["words"]

    client.post("/user-link-request", email="reader@example.org", deviceName="Pixel")

    assert client.answer["errorId"] == "recovery-not-offered"
