"""Mandrill's API, through Mandrill's own package and raw HTTP."""

import base64
from pathlib import Path

import mandrill
import pytest
import requests

from devstack.mandrill_standin import MandrillStandin
from devstack.standin import Fault


def message(**more: object) -> dict[str, object]:
    """A mail with all that a receipt has."""
    return {
        "subject": "Your receipt",
        "from_email": "pro@example.org",
        "from_name": "Lantern Pro",
        "to": [{"email": "a@example.org", "name": "Ada", "type": "to"}],
        "html": "<p>Thank you</p>",
        "text": "Thank you",
        "metadata": {"job": "j-1"},
        "tags": ["receipt"],
        **more,
    }


def test_it_answers_a_ping(mandrill_client: mandrill.Mandrill) -> None:
    assert mandrill_client.users.ping() == "PONG!"
    assert mandrill_client.users.ping2() == {"PING": "PONG!"}
    assert mandrill_client.users.info()["reputation"] == 100


def test_a_mail_is_taken_and_can_be_read_again(mandrill_client: mandrill.Mandrill) -> None:
    receipt = {
        "type": "application/pdf",
        "name": "r.pdf",
        "content": base64.b64encode(b"%PDF").decode(),
    }

    (answer,) = mandrill_client.messages.send(message(attachments=[receipt]))

    assert (answer["email"], answer["status"]) == ("a@example.org", "sent")
    assert answer["reject_reason"] is None
    read = mandrill_client.messages.content(answer["_id"])
    assert (read["subject"], read["html"]) == ("Your receipt", "<p>Thank you</p>")
    assert read["to"] == {"email": "a@example.org", "name": "Ada"}
    assert read["attachments"] == [receipt]
    assert mandrill_client.messages.info(answer["_id"])["state"] == "sent"


def test_each_recipient_has_a_mail_of_their_own(mandrill_client: mandrill.Mandrill) -> None:
    to = [{"email": "a@example.org"}, {"email": "b@example.org"}, {"email": "not-an-address"}]

    answers = mandrill_client.messages.send(message(to=to))

    assert [answer["status"] for answer in answers] == ["sent", "sent", "invalid"]
    assert len({answer["_id"] for answer in answers}) == 3


def test_many_recipients_and_async_are_queued(mandrill_client: mandrill.Mandrill) -> None:
    many = [{"email": f"{number}@example.org"} for number in range(11)]

    answers = mandrill_client.messages.send(message(to=many))
    (alone,) = mandrill_client.messages.send(message(), send_async=True)

    assert {answer["status"] for answer in [*answers, alone]} == {"queued"}


def test_merge_tags_are_filled_in_for_each_recipient(mandrill_client: mandrill.Mandrill) -> None:
    filled = message(
        text="Hello *|NAME|* of *|CITY|* *|UNKNOWN|*",
        global_merge_vars=[
            {"name": "name", "content": "friend"},
            {"name": "city", "content": "Oslo"},
        ],
        merge_vars=[{"rcpt": "a@example.org", "vars": [{"name": "NAME", "content": "Ada"}]}],
    )

    (answer,) = mandrill_client.messages.send(filled)

    assert (
        mandrill_client.messages.content(answer["_id"])["text"] == "Hello Ada of Oslo *|UNKNOWN|*"
    )


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("u_job:j-1", 1),
        ('u_job:"j-1" AND email:a@example.org', 1),
        ("u_job:j-2", 0),
        ("u_other:j-1", 0),
        ("subject:receipt", 1),
        ("tags:receipt", 1),
        ("colour:red", 0),
        ("*", 1),
    ],
)
def test_a_mail_is_found_by_what_is_known_of_it(
    mandrill_client: mandrill.Mandrill, query: str, hits: int
) -> None:
    mandrill_client.messages.send(message())

    found = mandrill_client.messages.search(query=query)

    assert len(found) == hits


def test_a_search_keeps_to_its_days_tags_and_limit(mandrill_client: mandrill.Mandrill) -> None:
    for _ in range(3):
        mandrill_client.messages.send(message())

    assert len(mandrill_client.messages.search(limit=2)) == 2
    assert mandrill_client.messages.search(tags=["other"]) == []
    assert mandrill_client.messages.search(date_to="2001-01-01") == []
    assert len(mandrill_client.messages.search(date_from="2001-01-01")) == 3


def test_a_mail_cannot_be_found_before_it_is_indexed(
    mandrill_client: mandrill.Mandrill, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.index_delay = 3600
    (answer,) = mandrill_client.messages.send(message())

    before = mandrill_client.messages.search(query="u_job:j-1")
    with pytest.raises(mandrill.UnknownMessageError):
        mandrill_client.messages.info(answer["_id"])
    mandrill_standin.index_delay = 0
    after = mandrill_client.messages.search(query="u_job:j-1")

    assert (before, [item["_id"] for item in after]) == ([], [answer["_id"]])


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": []},
        {"to": "a@example.org"},
        {"to": [{"name": "nobody"}]},
        {"attachments": [{"type": "text/plain", "name": "a", "content": "***"}]},
        {"global_merge_vars": [{"name": "a"}]},
    ],
)
def test_a_mail_that_is_not_well_formed_is_refused(
    mandrill_client: mandrill.Mandrill, mandrill_standin: MandrillStandin, wrong: dict[str, object]
) -> None:
    with pytest.raises(mandrill.ValidationError):
        mandrill_client.messages.send(message(**wrong))

    assert mandrill_standin.mails == []


def test_errors_have_mandrills_shape(
    http: requests.Session, mandrill_standin: MandrillStandin
) -> None:
    url = mandrill_standin.api_url + "messages/send.json"

    answer = http.post(url, json={"message": message()}, timeout=20)

    assert answer.status_code == 500
    assert answer.json() == {
        "status": "error",
        "code": -1,
        "name": "Invalid_Key",
        "message": "Invalid API key",
    }


def test_with_a_key_of_its_own_it_accepts_no_other(http: requests.Session, tmp_path: Path) -> None:
    standin = MandrillStandin(tmp_path, api_key="right")
    standin.start()
    url = standin.api_url + "users/ping.json"

    wrong = http.post(url, json={"key": "wrong"}, timeout=20)
    right = http.post(url, json={"key": "right"}, timeout=20)
    standin.stop()

    assert (wrong.status_code, right.json()) == (500, "PONG!")


def test_a_refused_and_a_bounced_mail_say_so(
    mandrill_client: mandrill.Mandrill, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("reject"))
    mandrill_standin.faults.add(Fault("bounce"))

    (rejected,) = mandrill_client.messages.send(message())
    (bounced,) = mandrill_client.messages.send(message())

    assert (rejected["status"], rejected["reject_reason"]) == ("rejected", "hard-bounce")
    assert bounced["status"] == "sent"
    assert mandrill_client.messages.info(bounced["_id"])["state"] == "bounced"


def test_a_lost_answer_leaves_a_mail_that_a_search_finds(
    mandrill_client: mandrill.Mandrill, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("close_after"))

    with pytest.raises(requests.ConnectionError):
        mandrill_client.messages.send(message())

    assert len(mandrill_client.messages.search(query="u_job:j-1")) == 1


def test_what_was_sent_is_shown_without_the_key(
    http: requests.Session, mandrill_client: mandrill.Mandrill, mandrill_standin: MandrillStandin
) -> None:
    mandrill_client.messages.send(message())

    requests_seen = http.get(f"{mandrill_standin.url}/_control/requests", timeout=20)
    mails_seen = http.get(f"{mandrill_standin.url}/_control/messages", timeout=20)

    assert requests_seen.json()["requests"][0]["parameters"]["key"] == "***"
    assert "any-key" not in requests_seen.text
    assert mails_seen.json()["messages"][0]["metadata"] == {"job": "j-1"}
