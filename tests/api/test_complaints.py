"""What users of the old service complained of in public, played again here.

Each test is named by the thread, and says in a line what happened there. Threads of ``lantern``,
``forum`` and ``lantern-forum-cn``. What lantern #5256 says could not be found any more: no test
pretends to play it.
"""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import redis

from accounts.services.recovery_by_mail import PAUSE_MS
from devstack.mandrill_standin import MandrillStandin
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs.ledger import retry
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.types import JobId
from tests import fleet
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
RunJobs = Callable[[], int]
EMAIL = "reader@example.org"
TWO_MONTHS_MS = 61 * 24 * 60 * 60 * 1000
SEND = "/api/1.0/messages/send.json"


@pytest.fixture
def owner(client: ClientApp, run_jobs: RunJobs) -> ClientApp:
    """Who paid for a year on ``device-1``, and gave an address."""
    fleet.pro_proxy()
    client.buy(email=EMAIL)
    run_jobs()
    return client


@pytest.fixture
def bare() -> ClientApp:
    """A machine that was set up anew: it has another device id, and nothing else."""
    return ClientApp(device_id="device-new", address="198.51.100.9")


def fill(app: ClientApp, *names: str) -> None:
    """Register further devices of these names."""
    for number, name in enumerate(names, 2):
        device = replace(app, device_id=f"device-{number}")
        device.post("/device-add", deviceName=name)


def codes_in(mails: MandrillStandin) -> list[str]:
    """The codes of the newest mail."""
    return re.findall(r"\b\d{6}\b", mails.mails[-1]["text"])


def is_pro(app: ClientApp) -> bool:
    """Whether the app shows Pro, and its device is one of the account's."""
    app.get("/user-data")
    devices = [device["id"] for device in app.answer.get("devices", [])]
    return app.answer.get("userStatus") == "active" and app.device_id in devices


def takes(app: ClientApp) -> ClientApp:
    """Take over the credentials that were answered."""
    app.user_id, app.token = app.answer["userId"], app.answer["token"]
    return app


def test_lantern_5277_an_account_that_was_paid_is_there_after_months_and_known_by_its_address(
    client: ClientApp, bare: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    """Two months after buying the account was in no database, nor anything under its address."""
    fleet.pro_proxy()
    client.buy(email=EMAIL)
    run_jobs()

    with clock.shifted(TWO_MONTHS_MS):
        stage_periodic_jobs()
        run_jobs()
        bare.post("/user-link-request", email=EMAIL, deviceName="PC")
        run_jobs()
        bare.post("/user-link-validate", code=codes_in(mandrill_standin)[0])
        bare_is_pro = is_pro(takes(bare))

    assert bare_is_pro
    assert bare.user_id == client.user_id


def test_lantern_5958_who_pays_by_card_can_recover_though_the_answer_was_lost(
    client: ClientApp,
    bare: ClientApp,
    run_jobs: RunJobs,
    stripe_standin: StripeStandin,
    mandrill_standin: MandrillStandin,
) -> None:
    """A year was paid by card; the address was known to nobody, and the device stayed free."""
    fleet.pro_proxy()
    stripe_standin.faults.add(Fault("close_after", "/v1/payment_intents"))
    client.buy(email=EMAIL, timeout=0)
    stripe_standin.faults.clear()
    run_jobs()

    bare.post("/user-link-request", email=EMAIL, deviceName="PC")
    run_jobs()
    bare.post("/user-link-validate", code=codes_in(mandrill_standin)[0])

    assert is_pro(client)
    assert is_pro(takes(bare))
    assert bare.user_id == client.user_id
    assert len(stripe_standin.journal.all("charge")) == 1


def test_lantern_5513_one_machine_set_up_anew_three_times_gets_in_without_staff(
    owner: ClientApp, bare: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    """Told "three devices at most" after a reinstall; none was left to remove one from."""
    fill(owner, "Windows 10", "Windows 10")

    bare.post("/user-link-request", email=EMAIL, deviceName="Windows 10")
    run_jobs()
    bare.post("/user-link-validate", code=codes_in(mandrill_standin)[0])

    assert is_pro(takes(bare))


def test_lantern_5662_a_full_account_says_so_where_the_code_is_typed(
    owner: ClientApp, bare: ClientApp
) -> None:
    """Linking by the phone "did not work": three devices were linked, and nothing said so."""
    fill(owner, "Linux", "Unknown")
    bare.post("/link-code-request", deviceName="PC")
    code = bare.answer["code"]

    owner.post("/link-code-approve", code=code)
    told = owner.answer
    owner.post("/user-link-remove", deviceID=told["details"]["devices"][2]["id"])
    owner.post("/link-code-approve", code=code)
    bare.post("/link-code-redeem", code=code, deviceName="PC")

    assert told["errorId"] == "too-many-devices"
    assert [device["name"] for device in told["details"]["devices"]][1:] == ["Linux", "Unknown"]
    assert is_pro(takes(bare))


def test_lantern_5662_a_code_whose_mail_came_late_is_still_the_code(
    owner: ClientApp, bare: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    """The recovery mail came after days; each new request had made the earlier code worthless."""
    bare.post("/user-link-request", email=EMAIL, deviceName="PC")
    run_jobs()
    [late] = codes_in(mandrill_standin)
    with clock.shifted(PAUSE_MS + 1000):
        bare.post("/user-link-request", email=EMAIL, deviceName="PC")
    run_jobs()

    bare.post("/user-link-validate", code=late)

    assert is_pro(takes(bare))


def test_forum_8353_who_paid_without_an_address_gets_in_by_the_recovery_words(
    bare: ClientApp, run_jobs: RunJobs
) -> None:
    """No address was asked for when paying; after a reinstall there was nothing to log in with."""
    fleet.pro_proxy()
    owner = ClientApp()
    owner.post("/user-create", recoveryWords="true")
    words = owner.answer["recoveryWords"]
    takes(owner).buy(email=None)
    run_jobs()

    bare.post("/user-recover-words", words=words, deviceName="PC")

    assert is_pro(takes(bare))


def test_forum_3528_an_address_is_known_in_whatever_case_it_is_typed(
    client: ClientApp, bare: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    """The account was found by small letters only, and its owner had written some in capitals."""
    client.buy(email="Rd_90x@Example.ORG")
    run_jobs()

    bare.post("/user-link-request", email="RD_90X@example.org", deviceName="PC")
    run_jobs()
    bare.post("/user-link-validate", code=codes_in(mandrill_standin)[0])

    assert is_pro(takes(bare))


def test_lantern_forum_cn_10_a_mail_service_that_is_away_delays_the_code_and_loses_nothing(
    owner: ClientApp,
    bare: ClientApp,
    run_jobs: RunJobs,
    mandrill_standin: MandrillStandin,
) -> None:
    """Windows was reinstalled, nothing else was linked, and the mail with the code never came."""
    mandrill_standin.faults.add(Fault("status_500", SEND, times=1))
    before = len(mandrill_standin.mails)
    bare.post("/user-link-request", email=EMAIL, deviceName="Notebook")
    run_jobs()
    missed = len(mandrill_standin.mails) - before

    retry(JobId(Job.objects.get(kind="mail_codes").pk))
    with clock.shifted(61_000):
        run_jobs()
    bare.post("/user-link-validate", code=codes_in(mandrill_standin)[0])

    assert missed == 0
    assert is_pro(takes(bare))


def test_lantern_forum_cn_13_who_pays_is_pro_on_that_device_whatever_becomes_of_mails(
    client: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    """Bought Pro, but the code to activate it never arrived: the mailbox refused the sender."""
    fleet.pro_proxy()
    mandrill_standin.faults.add(Fault("reject", SEND))

    client.buy(email="reader@qq.example")
    run_jobs()

    assert is_pro(client)


def test_lantern_forum_cn_13_an_address_that_refuses_us_is_changed_by_the_paying_device(
    client: ClientApp, bare: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    """The same: only staff could have given the account an address that takes our mail."""
    client.buy(email="reader@qq.example")
    run_jobs()
    client.post("/user-update", email=EMAIL)
    run_jobs()
    client.post("/user-email-confirm", code=codes_in(mandrill_standin)[0])
    run_jobs()

    bare.post("/user-link-request", email=EMAIL, deviceName="Notebook")
    run_jobs()
    bare.post("/user-link-validate", code=codes_in(mandrill_standin)[0])

    assert is_pro(takes(bare))


def test_lantern_5057_a_device_that_was_removed_is_pro_no_more(
    owner: ClientApp, run_jobs: RunJobs, service: redis.Redis
) -> None:
    """A removed device stayed Pro, could remove others, and took up no place."""
    fill(owner, "Public computer")
    removed = replace(owner, device_id="device-2")
    run_jobs()

    owner.post("/user-link-remove", deviceID="device-2")
    run_jobs()
    removed.post("/user-link-remove", deviceID="device-1")

    assert removed.answer["errorId"] == "device-removed"
    assert not is_pro(removed)
    assert is_pro(owner)
    [admissions] = [service.smembers(key) for key in service.keys("{c0}:proxy:*:admissions")]
    assert len(admissions) == 1


def test_lantern_5298_the_only_device_set_up_anew_joins_beside_its_old_self(
    owner: ClientApp, bare: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    """The only device was reinstalled; there was no way to log in by mail at all."""
    bare.post("/user-email-request", email=EMAIL, deviceName="PC")
    run_jobs()

    bare.post("/user-link-validate", code=codes_in(mandrill_standin)[0])

    assert is_pro(takes(bare))
    assert is_pro(owner)
