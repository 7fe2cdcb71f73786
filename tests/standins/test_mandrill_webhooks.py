"""What happens to mails at the Mandrill stand-in, and the webhooks that tell of it."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs

import mandrill
import pytest
import requests

from devstack.mandrill_standin import MandrillStandin
from devstack.standin import Fault, Request
from tests.standins.fixtures import WebhookReceiver
from tests.standins.test_mandrill import message

KEY = b"development"
SEND = "/api/1.0/messages/send"


@pytest.fixture
def receiver(
    mandrill_standin: MandrillStandin, webhook_receiver: WebhookReceiver
) -> WebhookReceiver:
    """Where the stand-in's events go."""
    mandrill_standin.webhooks.url = webhook_receiver.url
    return webhook_receiver


def events_of(request: Request) -> Any:
    """The events of a delivery."""
    return json.loads(parse_qs(request.body.decode())["mandrill_events"][0])


def test_a_mail_that_is_sent_is_told_of_in_a_signed_form(
    mandrill_client: mandrill.Mandrill, receiver: WebhookReceiver
) -> None:
    (answer,) = mandrill_client.messages.send(message())

    request = receiver.next()

    [event] = events_of(request)
    assert (event["event"], event["_id"]) == ("send", answer["_id"])
    assert (event["msg"]["email"], event["msg"]["metadata"]) == ("a@example.org", {"job": "j-1"})
    parameters = parse_qs(request.body.decode())
    signed = receiver.url + "mandrill_events" + parameters["mandrill_events"][0]
    right = base64.b64encode(hmac.digest(KEY, signed.encode(), hashlib.sha1)).decode()
    assert request.headers["x-mandrill-signature"] == right


@pytest.mark.parametrize(
    ("happens", "state", "reason"),
    [
        ("hard_bounce", "bounced", "hard-bounce"),
        ("spam", "spam", "spam"),
        ("unsub", "unsub", "unsub"),
        ("soft_bounce", "soft-bounced", None),
        ("deferral", "deferred", None),
        ("delivered", "sent", None),
        ("open", "sent", None),
    ],
)
def test_what_happens_to_a_mail_is_told_and_bars_its_reader_or_not(
    mandrill_client: mandrill.Mandrill,
    mandrill_standin: MandrillStandin,
    receiver: WebhookReceiver,
    happens: str,
    state: str,
    reason: str | None,
) -> None:
    (answer,) = mandrill_client.messages.send(message())
    receiver.next()

    assert mandrill_standin.happen(answer["_id"], happens)

    assert [event["event"] for event in events_of(receiver.next())] == [happens]
    assert mandrill_client.messages.info(answer["_id"])["state"] == state
    assert mandrill_client.messages.info(answer["_id"])["opens"] == int(happens == "open")
    (again,) = mandrill_client.messages.send(message())
    assert again["reject_reason"] == reason
    assert again["status"] == ("rejected" if reason else "sent")


def test_the_list_of_rejects_can_be_read_and_changed(mandrill_client: mandrill.Mandrill) -> None:
    mandrill_client.rejects.add("A@example.org")
    (barred,) = mandrill_client.messages.send(message())
    listed = mandrill_client.rejects.list("a@example.org")
    deleted = mandrill_client.rejects.delete("a@example.org")
    (free,) = mandrill_client.messages.send(message())

    assert (barred["status"], barred["reject_reason"]) == ("rejected", "custom")
    assert [entry["reason"] for entry in listed] == ["custom"]
    assert deleted["deleted"]
    assert mandrill_client.rejects.list() == []
    assert not mandrill_client.rejects.delete("a@example.org")["deleted"]
    assert free["status"] == "sent"


def test_the_next_mail_bounces_and_says_so(
    mandrill_client: mandrill.Mandrill, mandrill_standin: MandrillStandin, receiver: WebhookReceiver
) -> None:
    mandrill_standin.faults.add(Fault("bounce", SEND))

    mandrill_client.messages.send(message())

    [event] = events_of(receiver.next())
    assert (event["event"], event["msg"]["bounce_description"]) == ("hard_bounce", "bad_mailbox")


def test_a_mail_that_is_delayed_is_queued_until_its_time(
    mandrill_client: mandrill.Mandrill, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("delay", SEND, seconds=3600))
    mandrill_standin.faults.add(Fault("delay", SEND, seconds=0.01))

    (late,) = mandrill_client.messages.send(message())
    (soon,) = mandrill_client.messages.send(message())
    mandrill_standin.stopping.wait(0.02)

    states = [mandrill_client.messages.info(each["_id"])["state"] for each in (late, soon)]
    assert (late["status"], states) == ("queued", ["queued", "sent"])


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("invalid_key", mandrill.InvalidKeyError),
        ("payment_required", mandrill.PaymentRequiredError),
    ],
)
def test_the_account_may_be_refused(
    mandrill_client: mandrill.Mandrill,
    mandrill_standin: MandrillStandin,
    fault: str,
    error: type[Exception],
) -> None:
    mandrill_standin.faults.add(Fault(fault, SEND))

    with pytest.raises(error):
        mandrill_client.messages.send(message())

    assert mandrill_standin.mails == []


def test_a_test_in_another_process_lets_something_happen(
    http: requests.Session, mandrill_client: mandrill.Mandrill, mandrill_standin: MandrillStandin
) -> None:
    (answer,) = mandrill_client.messages.send(message())
    wanted = {"mail": answer["_id"], "event": "spam"}

    told = http.post(f"{mandrill_standin.url}/_control/events", json=wanted, timeout=20)

    assert told.json() == {"happened": "spam"}
    assert mandrill_client.messages.info(answer["_id"])["state"] == "spam"


@pytest.mark.parametrize("wanted", [{"mail": "none", "event": "spam"}, {"event": "spam"}])
def test_nothing_happens_to_a_mail_that_there_is_not(
    http: requests.Session, mandrill_standin: MandrillStandin, wanted: dict[str, str]
) -> None:
    url = f"{mandrill_standin.url}/_control/events"

    assert http.post(url, json=wanted, timeout=20).status_code == 400


def test_a_person_lets_things_happen_on_the_pages(
    http: requests.Session, mandrill_client: mandrill.Mandrill, mandrill_standin: MandrillStandin
) -> None:
    (answer,) = mandrill_client.messages.send(message())
    mail = f"{mandrill_standin.url}/mails/{answer['_id']}"

    after = http.post(f"{mail}/happens", data={"event": "spam"}, timeout=20)
    front = http.post(f"{mandrill_standin.url}/next", data={"what": "key"}, timeout=20)

    assert after.url == mail
    assert "spam" in after.text
    assert "invalid_key (1 left)" in front.text
    for path, form in (("/next", {"what": "tea"}), (f"/mails/{answer['_id']}/happens", {})):
        assert http.post(mandrill_standin.url + path, data=form, timeout=20).status_code == 404
