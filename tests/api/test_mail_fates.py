"""What staff see of a user's mails and address, on the page and by the command."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
import redis
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User as Staff
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.managers.mails import note_mail_event, standing_of
from accounts.services.personal import email_hash
from devstack.mandrill_standin import MandrillStandin, rejects
from devstack.standin import Fault
from lantern_pro import clock
from lantern_pro.store.prepare import prepare_store
from lantern_pro.types import Millis
from tests.api.mailing import READER, Post
from tests.client_app import ClientApp
from tests.mail_server import MailServer

RunJobs = Callable[[], int]
ALL = "/api/1.0/"


@pytest.fixture
def reader(client: ClientApp, run_jobs: RunJobs) -> ClientApp:
    """Somebody who bought, told their address, and was mailed the receipt."""
    client.buy()
    run_jobs()
    return client


@pytest.fixture
def staff(service: redis.Redis) -> Client:
    """A browser of a member of staff."""
    del service
    prepare_store()
    browser = Client()
    browser.force_login(Staff.objects.create_superuser("rosa", "rosa@example.org", "s3cret"))
    return browser


def shown(who: object = READER) -> Any:
    """What the command tells of one user."""
    told = StringIO()
    call_command("show_mails", str(who), "--json", stdout=told)
    [user] = json.loads(told.getvalue())
    return user


def fates(who: object = READER) -> list[str]:
    """What became of each mail, the newest first."""
    return [mail["fate"] for mail in shown(who)["mails"]]


def page_of(staff: Client, user_id: int) -> str:
    """The page about one user."""
    return staff.get(f"/admin/accounts/user/{user_id}/change/").content.decode()


def test_staff_see_what_became_of_a_mail(
    reader: ClientApp, staff: Client, mandrill_standin: MandrillStandin
) -> None:
    [mail] = mandrill_standin.mails
    mandrill_standin.happen(mail["id"], "hard_bounce")

    page = page_of(staff, reader.user_id)

    assert fates() == ["bounced"]
    assert mail["id"] in page
    assert "receipt" in page
    assert "bounced" in page
    assert READER not in page


@pytest.mark.parametrize("happens", ["open", "spam", "soft_bounce", "deferral"])
def test_the_command_tells_mandrills_own_word(
    reader: ClientApp, mandrill_standin: MandrillStandin, happens: str
) -> None:
    mandrill_standin.happen(mandrill_standin.mails[0]["id"], happens)

    word = {"open": "sent, opened", "soft_bounce": "soft-bounced", "deferral": "deferred"}
    assert fates() == [word.get(happens, happens)]


def test_an_answer_is_kept_for_a_minute_so_that_mandrill_is_not_asked_at_each_look(
    reader: ClientApp, mandrill_standin: MandrillStandin
) -> None:
    before = fates()
    mandrill_standin.happen(mandrill_standin.mails[0]["id"], "spam")

    asked = [each for each in mandrill_standin.requests if each["path"].endswith("info.json")]
    assert (before, fates()) == (["sent"], ["sent"])
    assert len(asked) == 1


def test_what_mandrill_does_not_answer_is_said_to_be_not_reachable_and_asked_once(
    post: Post, mandrill_standin: MandrillStandin
) -> None:
    post.send("1")
    post.send("2")
    mandrill_standin.faults.add(Fault("close_before", ALL, times=99))

    told = fates(post.user_id)

    assert told == ["not reachable just now"] * 2
    tried = [each for each in mandrill_standin.requests if each["path"].endswith("info.json")]
    assert len(tried) == 1
    mandrill_standin.faults.clear()
    assert fates(post.user_id) == ["sent", "sent"]


def test_a_page_opens_while_mandrill_is_away(
    reader: ClientApp, staff: Client, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("status_500", ALL, times=99))

    assert "not reachable just now" in page_of(staff, reader.user_id)


def test_a_mail_that_mandrill_does_not_find_is_not_said_to_be_lost(
    reader: ClientApp, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.index_delay = 3600

    assert fates() == ["Mandrill has no such mail (any more)"]


def test_mails_of_the_second_sender_and_those_kept_back_say_so(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("invalid_key", f"{ALL}messages/send"))
    post.send("1")
    note_mail_event(digest=email_hash(READER), kind="complained", at=clock.now(), why="")
    post.send("2", asked=False)

    assert fates(post.user_id) == [
        "withheld: complained",
        "handed to the mail server, which tells no more",
    ]
    assert len(second.mails) == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("bounced", "bounced for good, 2001-09-09 01:46 (bad_mailbox): only what they ask for is"),
        ("complained", "its owner complained, 2001-09-09 01:46 (bad_mailbox): only what they ask"),
        ("soft", "did not take a mail, 2001-09-09 01:46 (bad_mailbox)"),
        ("delivered", "takes mails, as far as is known"),
    ],
)
def test_the_state_of_the_address_is_shown(
    reader: ClientApp, staff: Client, kind: Any, words: str
) -> None:
    at = Millis(1_000_000_000_000)
    note_mail_event(digest=email_hash(READER), kind=kind, at=at, why="bad_mailbox")

    assert shown()["address"].startswith(words)
    assert words in page_of(staff, reader.user_id)


def test_staff_let_an_address_be_written_to_again_here_and_at_mandrill(
    reader: ClientApp, staff: Client, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.happen(mandrill_standin.mails[0]["id"], "spam")
    assert rejects.barred(mandrill_standin.journal, READER) == "spam"
    note_mail_event(digest=email_hash(READER), kind="complained", at=clock.now(), why="")

    done = staff.post(f"/admin/accounts/user/{reader.user_id}/write-again/", follow=True)

    assert "The address is written to again." in done.content.decode()
    assert standing_of(email_hash(READER)).trouble == ""
    assert rejects.barred(mandrill_standin.journal, READER) is None
    assert shown()["address"] == "takes mails, as far as is known"
    assert "Is written to again" in LogEntry.objects.get().get_change_message()


def test_an_address_is_forgotten_here_even_while_mandrill_is_away(
    reader: ClientApp, staff: Client, mandrill_standin: MandrillStandin
) -> None:
    note_mail_event(digest=email_hash(READER), kind="bounced", at=clock.now(), why="")
    mandrill_standin.faults.add(Fault("close_before", ALL, times=99))

    done = staff.post(f"/admin/accounts/user/{reader.user_id}/write-again/", follow=True)

    assert "may still refuse the address" in done.content.decode()
    assert standing_of(email_hash(READER)).trouble == ""


def test_a_user_without_an_address_has_none_to_show(client: ClientApp, staff: Client) -> None:
    told = shown(client.user_id)
    done = staff.post(f"/admin/accounts/user/{client.user_id}/write-again/", follow=True)

    assert (told["address"], told["mails"]) == ("none", [])
    assert "told no e-mail address" in done.content.decode()
    assert "No mail yet." in done.content.decode()


def test_the_command_prints_for_people_and_refuses_who_is_not_there(reader: ClientApp) -> None:
    told = StringIO()
    call_command("show_mails", str(reader.user_id), stdout=told)

    assert told.getvalue().startswith(f"user {reader.user_id}, address: takes mails, as ")
    with pytest.raises(CommandError, match="no-such-user"):
        call_command("show_mails", "nobody@example.org")
