"""``/user-config-mail``: the user's own configuration by mail, and to nobody else."""

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
import redis
import yaml

from accounts.keys import USERS
from accounts.managers.mails import mails_of
from accounts.services.personal import seal
from devstack.mandrill_standin import MandrillStandin
from lantern_pro import clock
from lantern_pro.jobs.models import Job
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId
from proxies.keys import WITHHELD
from proxies.models import Proxy
from tests.client_app import ClientApp
from tests.fleet import pro_proxy, proxies_of

NewClient = Callable[..., ClientApp]
RunJobs = Callable[[], int]
READER = "reader@example.org"


@pytest.fixture
def allowed(settings: Any) -> None:
    """Let configurations be mailed."""
    settings.CONFIG_MAIL = True


@pytest.fixture
def reader(
    allowed: None, new_client: NewClient, run_jobs: RunJobs, service: redis.Redis
) -> ClientApp:
    """A Pro user with two proxies and a confirmed address, to whom the receipt is out."""
    del allowed
    pro_proxy(city="Oslo")
    pro_proxy(city="Riga")
    client = new_client(locale="ru_RU")
    client.buy()
    run_jobs()
    service.hset(USERS.row(client.user_id), "email_proven", clock.now())
    return client


def configs(standin: MandrillStandin) -> list[dict[str, Any]]:
    """The mails with a configuration."""
    return [mail for mail in standin.mails if mail["tags"] == ["config"]]


def test_it_is_mailed_with_the_users_own_proxies_in_their_language(
    reader: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    reader.post("/user-config-mail")
    run_jobs()

    assert reader.answer == {"status": "ok"}
    [mail] = configs(mandrill_standin)
    assert mail["email"] == READER
    assert mail["subject"] == "Ваша конфигурация Lantern Pro"
    [file] = mail["attachments"]
    assert (file["name"], file["type"]) == ("proxies.yaml", "application/yaml")
    own = Proxy.objects.records(sorted(proxies_of(UserId(reader.user_id))))
    assert len(own) == 2
    assert set(yaml.safe_load(base64.b64decode(file["content"]))) == {each.name for each in own}
    [kept, _] = mails_of(UserId(reader.user_id), most=9)
    assert (kept.name, kept.state, kept.id) == ("config", "sent", mail["id"])


def test_a_proxy_that_nobody_may_be_told_of_is_not_mailed_either(
    reader: ClientApp, run_jobs: RunJobs, service: redis.Redis, mandrill_standin: MandrillStandin
) -> None:
    kept, gone = Proxy.objects.records(sorted(proxies_of(UserId(reader.user_id))))
    service.hset(WITHHELD(cell=cell_of(gone.id)), str(gone.id), "*")

    reader.post("/user-config-mail")
    run_jobs()

    [mail] = configs(mandrill_standin)
    [file] = mail["attachments"]
    assert list(yaml.safe_load(base64.b64decode(file["content"]))) == [kept.name]


def test_a_reader_who_proves_the_address_by_the_code_in_a_mail_may_ask(
    reader: ClientApp, run_jobs: RunJobs, service: redis.Redis, mandrill_standin: MandrillStandin
) -> None:
    service.hdel(USERS.row(reader.user_id), "email_proven")
    reader.post("/user-update", email=READER)
    run_jobs()
    [code] = re.findall(r"^    (\d{6})$", mandrill_standin.mails[-1]["text"], re.MULTILINE)
    reader.post("/user-email-confirm", code=code)
    assert reader.answer["status"] == "ok"

    reader.post("/user-config-mail")
    run_jobs()

    assert [mail["email"] for mail in configs(mandrill_standin)] == [READER]


def test_it_is_mailed_once_a_day(
    reader: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    for _ in range(3):
        reader.post("/user-config-mail")
        run_jobs()

    assert reader.answer["errorId"] == "config-mailed-lately"
    assert 86_000 < reader.answer["details"]["retryAfter"] <= 86_400
    assert len(configs(mandrill_standin)) == 1


def test_it_is_off_unless_the_operator_allows_it(reader: ClientApp, settings: Any) -> None:
    settings.CONFIG_MAIL = False

    reader.post("/user-config-mail")

    assert reader.answer["errorId"] == "config-mail-off"
    assert Job.objects.filter(kind="mail_config").count() == 0


def test_an_address_that_nobody_confirmed_gets_none(
    reader: ClientApp, service: redis.Redis
) -> None:
    service.hdel(USERS.row(reader.user_id), "email_proven")

    reader.post("/user-config-mail")

    assert reader.answer["errorId"] == "no-confirmed-email"


def test_a_free_user_gets_none(allowed: None, client: ClientApp) -> None:
    client.post("/user-config-mail")

    assert client.answer["errorId"] == "not-pro"


def test_no_address_of_the_callers_choice_is_listened_to(
    reader: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    reader.post("/user-config-mail", email="thief@example.org", to="thief@example.org")
    run_jobs()

    assert [mail["email"] for mail in configs(mandrill_standin)] == [READER]


def test_whoever_lacks_the_token_is_refused(reader: ClientApp) -> None:
    reader.token = "stolen-but-wrong"

    reader.post("/user-config-mail")

    assert reader.answer["errorId"] == "wrong-credentials"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"expiration": "1"}, "not Pro any more"),
        ({"email_proven": None}, "no confirmed address any more"),
    ],
)
def test_what_has_changed_until_it_is_mailed_is_heeded(
    reader: ClientApp,
    run_jobs: RunJobs,
    service: redis.Redis,
    mandrill_standin: MandrillStandin,
    change: dict[str, str | None],
    why: str,
) -> None:
    reader.post("/user-config-mail")
    [(field, value)] = change.items()
    row = USERS.row(reader.user_id)
    if value is None:
        service.hdel(row, field)
    else:
        service.hset(row, field, value)

    run_jobs()

    assert configs(mandrill_standin) == []
    kept = mails_of(UserId(reader.user_id), most=9)[0]
    assert (kept.name, kept.state, kept.why) == ("config", "withheld", why)


def test_it_goes_to_the_address_that_is_the_accounts_when_it_is_sent(
    reader: ClientApp,
    run_jobs: RunJobs,
    service: redis.Redis,
    mandrill_standin: MandrillStandin,
) -> None:
    reader.post("/user-config-mail")
    service.hset(USERS.row(reader.user_id), "email_sealed", seal("new@example.org"))

    run_jobs()

    assert [mail["email"] for mail in configs(mandrill_standin)] == ["new@example.org"]


def test_it_waits_for_the_first_proxies(
    allowed: None, client: ClientApp, run_jobs: RunJobs, service: redis.Redis
) -> None:
    client.buy()
    run_jobs()
    service.hset(USERS.row(client.user_id), "email_proven", clock.now())

    client.post("/user-config-mail")
    run_jobs()

    waiting = Job.objects.get(kind="mail_config")
    assert (waiting.state, waiting.attempts) == ("pending", 0)
    assert "no-config-yet" in waiting.last_error
