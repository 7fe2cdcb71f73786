"""Getting back into an account by a mailed code, and what nobody learns on the way."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from accounts.keys import ADDRESS_CLAIMS, ADDRESS_HOLDER
from accounts.services.personal import email_hash
from accounts.services.recovery_by_mail import MOST_MAILS, MOST_TRIES, PAUSE_MS
from devstack.mandrill_standin import MandrillStandin
from lantern_pro import clock
from lantern_pro.types import Cell
from tests.api.test_users import everything
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
EMAIL = "reader@example.org"


@pytest.fixture(autouse=True)
def _mail_alone(settings: Any) -> None:
    settings.RECOVERY_WAYS = ["mail"]


@pytest.fixture
def owner(client: ClientApp, run_jobs: Callable[[], int]) -> ClientApp:
    """Who paid, and gave an address with it."""
    client.buy(email=EMAIL)
    run_jobs()
    return client


@pytest.fixture
def bare() -> ClientApp:
    """The same person's new device, which knows nothing."""
    return ClientApp(device_id="device-new", address="198.51.100.9")


@pytest.fixture
def codes(
    run_jobs: Callable[[], int], mandrill_standin: MandrillStandin
) -> Callable[[], list[str]]:
    """Does what is due; the codes in the newest mail that holds any."""

    def read() -> list[str]:
        run_jobs()
        mails = [mail for mail in mandrill_standin.mails if "code" in mail["subject"]]
        return re.findall(r"\b\d{6}\b", mails[-1]["text"]) if mails else []

    return read


def devices_of(app: ClientApp) -> list[str]:
    """The account's devices."""
    app.get("/user-data")
    return [device["id"] for device in app.answer["devices"]]


def ask(app: ClientApp, email: str = EMAIL, name: str = "Pixel 9") -> dict[str, Any]:
    """Ask for codes."""
    app.post("/user-link-request", email=email, deviceName=name)
    return app.answer


def validate(app: ClientApp, code: str, **more: str) -> str:
    """Send a code; what came of it."""
    app.post("/user-link-validate", code=code, **more)
    return str(app.answer.get("errorId", app.answer["status"]))


Codes = Callable[[], list[str]]


@pytest.mark.parametrize("path", ["/user-link-request", "/user-email-request"])
def test_a_mailed_code_opens_the_account(
    owner: ClientApp, bare: ClientApp, codes: Codes, path: str
) -> None:
    bare.post(path, email=" Reader@Example.org ", deviceName="Pixel 9")
    asked = bare.answer
    [code] = codes()

    outcome = validate(bare, code)

    assert asked == {"status": "ok"}
    assert outcome == "ok"
    assert bare.answer["userID"] == bare.answer["userId"] == owner.user_id
    assert bare.answer["token"] == owner.token
    assert "device-new" in devices_of(owner)


def test_the_mail_says_which_device_asks_and_goes_to_the_address_alone(
    owner: ClientApp, bare: ClientApp, codes: Codes, mandrill_standin: MandrillStandin
) -> None:
    ask(bare, name="Grandma's laptop")
    codes()

    mail = mandrill_standin.mails[-1]
    assert mail["email"] == EMAIL
    assert "Grandma's laptop" in mail["text"]


def test_a_code_opens_the_account_of_one_device_once(
    owner: ClientApp, bare: ClientApp, codes: Codes
) -> None:
    ask(bare)
    [code] = codes()
    validate(bare, code)
    first = bare.answer

    validate(bare, code)
    again = bare.answer
    other = validate(replace(bare, device_id="device-other"), code)
    owner.post("/user-link-remove", deviceID="device-new")
    removed = validate(bare, code)

    assert again == first
    assert (other, removed) == ("wrong-link-code", "wrong-link-code")


def test_a_device_that_was_removed_comes_back_by_a_new_code(
    owner: ClientApp, bare: ClientApp, codes: Codes
) -> None:
    ask(bare)
    validate(bare, codes()[0])
    owner.post("/user-link-remove", deviceID="device-new")

    ask(bare)
    outcome = validate(bare, codes()[0])

    assert outcome == "ok"
    assert "device-new" in devices_of(owner)


def test_who_knows_the_device_id_but_asks_from_elsewhere_cannot_use_the_code(
    owner: ClientApp, bare: ClientApp, codes: Codes
) -> None:
    ask(bare)
    [code] = codes()

    outcome = validate(replace(bare, address="203.0.113.66"), code)

    assert outcome == "wrong-link-code"


def test_in_a_full_account_each_code_takes_the_place_of_one_device(
    owner: ClientApp, bare: ClientApp, codes: Codes, mandrill_standin: MandrillStandin
) -> None:
    for number in (2, 3):
        replace(owner, device_id=f"device-{number}").post(
            "/device-add", deviceName=f"Phone {number}"
        )
    ask(bare, name="Laptop")
    given = codes()

    outcome = validate(bare, given[1])

    assert len(given) == 3
    assert outcome == "ok"
    assert "Phone 2" in mandrill_standin.mails[-1]["text"]
    assert devices_of(owner) == ["device-1", "device-3", "device-new"]


def test_a_reinstalled_machine_takes_its_old_place_by_mail(
    owner: ClientApp, bare: ClientApp, codes: Codes
) -> None:
    for number in (2, 3):
        replace(owner, device_id=f"device-{number}").post("/device-add", deviceName="Laptop")
    ask(bare, name="Laptop")
    [code] = codes()

    outcome = validate(bare, code)

    assert outcome == "ok"
    assert devices_of(owner) == ["device-1", "device-3", "device-new"]


def test_when_the_account_filled_up_meanwhile_the_device_learns_which_there_are(
    owner: ClientApp, bare: ClientApp, codes: Codes
) -> None:
    ask(bare, name="Laptop")
    [code] = codes()
    for number in (2, 3):
        replace(owner, device_id=f"device-{number}").post("/device-add", deviceName="Phone")

    outcome = validate(bare, code)
    told = bare.answer
    swapped = validate(bare, code, replaceDeviceId="device-2")

    assert outcome == "too-many-devices"
    assert len(told["details"]["devices"]) == 3
    assert swapped == "ok"


def test_who_lost_an_account_and_bought_anew_reaches_both_the_paid_one_first(
    new_client: NewClient, bare: ClientApp, codes: Codes, run_jobs: Callable[[], int]
) -> None:
    first, second = new_client("device-a"), new_client("device-b", address="198.51.100.1")
    first.buy(plan="1y-usd-10", email=EMAIL)
    second.buy(plan="2y-usd-10", email=EMAIL)
    run_jobs()
    ask(bare)
    given = codes()

    outcome = validate(bare, given[0])

    assert len(given) == 2
    assert outcome == "ok"
    assert bare.answer["userId"] == second.user_id


def test_after_five_wrong_codes_the_right_one_is_wrong_too_and_asked_again_another_is_right(
    owner: ClientApp, bare: ClientApp, codes: Codes
) -> None:
    ask(bare)
    [code] = codes()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(MOST_TRIES):
        validate(bare, wrong)

    too_late = validate(bare, code)
    ask(bare)
    [another] = codes()

    assert too_late == "wrong-link-code"
    assert validate(bare, another) == "ok"


@pytest.mark.parametrize("code", ["000000", "", "x" * 50, "١٢٣٤٥٦"])
def test_a_code_that_was_never_mailed_is_wrong(bare: ClientApp, code: str, service: Any) -> None:
    ask(bare)

    assert validate(bare, code) in {"wrong-link-code", "invalid-parameter"}


def test_asked_again_within_a_minute_no_second_mail_goes_and_after_it_the_same_codes(
    owner: ClientApp, bare: ClientApp, codes: Codes, mandrill_standin: MandrillStandin
) -> None:
    before = len(mandrill_standin.mails)
    for _ in range(3):
        ask(bare)
    first, mails = codes(), len(mandrill_standin.mails)
    with clock.shifted(PAUSE_MS + 1000):
        ask(bare)

    assert mails == before + 1
    assert codes() == first
    assert len(mandrill_standin.mails) == before + 2


def test_an_address_gets_few_mails_an_hour_however_many_devices_ask(
    owner: ClientApp, codes: Codes, mandrill_standin: MandrillStandin
) -> None:
    before = len(mandrill_standin.mails)
    for number in range(MOST_MAILS + 2):
        ask(ClientApp(device_id=f"d{number}", address=f"198.51.{number}.1"))
    codes()

    assert len(mandrill_standin.mails) == before + MOST_MAILS


@pytest.mark.parametrize("path", ["/user-link-request", "/user-email-request"])
def test_no_mail_goes_to_an_address_that_no_account_names(
    owner: ClientApp, bare: ClientApp, codes: Codes, path: str
) -> None:
    bare.post(path, email="nobody@example.org")

    assert bare.answer == {"status": "ok"}
    assert codes() == []


def test_a_mailed_code_proves_the_address(
    owner: ClientApp, bare: ClientApp, codes: Codes, service: Any, run_jobs: Callable[[], int]
) -> None:
    digest = email_hash(EMAIL)
    before = service.exists(ADDRESS_HOLDER(digest=digest, cell=Cell(0)))
    ask(bare)
    validate(bare, codes()[0])
    run_jobs()

    holder = service.hget(ADDRESS_HOLDER(digest=digest, cell=Cell(0)), "user_id")
    assert not before
    assert holder == str(owner.user_id)
    assert service.zrange(ADDRESS_CLAIMS(digest=digest, cell=Cell(0)), 0, -1) == [holder]


def test_no_address_and_no_code_stand_in_redis(
    owner: ClientApp, bare: ClientApp, codes: Codes, service: Any
) -> None:
    ask(bare)
    [code] = codes()

    for key in service.scan_iter():
        told = everything(service, key)
        assert EMAIL not in told
        assert not re.search(rf"\b{code}\b", told)
