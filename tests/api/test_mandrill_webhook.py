"""``POST /webhooks/mandrill``: bounces and complaints, and who is written to after them."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
from django.test import Client

from accounts.managers.mails import Standing, mails_of, standing_of
from accounts.services.personal import email_hash
from devstack.mandrill_standin import MandrillStandin
from devstack.mandrill_standin.happenings import signature
from tests.api.mailing import READER, Post
from tests.standins.fixtures import WebhookReceiver

URL = "https://pro.example.org/webhooks/mandrill"
KEY = "the webhook's key"
EVENTS = "mandrill_events"


@pytest.fixture(autouse=True)
def webhook_settings(settings: Any) -> None:
    """The webhook as an operator would set it up."""
    settings.MANDRILL_WEBHOOK_URL = URL
    settings.MANDRILL_WEBHOOK_KEYS = [KEY]


def event(name: str, *, at: int = 0, email: str = READER, **more: object) -> dict[str, Any]:
    """An event as Mandrill writes it."""
    message = {"_id": "m1", "email": email, "state": "bounced", "ts": 1, **more}
    return {"event": name, "_id": "m1", "ts": at or int(time.time()), "msg": message}


def deliver(*events: object, told: str | None = None, key: str = KEY, **others: str) -> Any:
    """Deliver events as Mandrill does; ``told`` is a signature of somebody else's making."""
    parameters = {EVENTS: json.dumps(list(events)), **others}
    sign = signature(key, URL, parameters) if told is None else told
    return Client().generic(
        "POST",
        "/webhooks/mandrill",
        urlencode(parameters),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Mandrill-Signature": sign},
    )


def standings(client: redis.Redis) -> list[str]:
    """The keys of all addresses of which something is known."""
    return sorted(client.scan_iter("*mail_standing*"))


def right(told: object, *, url: str = URL) -> str:
    """The signature of one event."""
    return signature(KEY, url, {EVENTS: json.dumps([told])})


def standing(email: str = READER) -> Standing:
    """What is known of an address."""
    return standing_of(email_hash(email))


def test_the_signature_is_the_one_that_mandrill_documents() -> None:
    """By OpenSSL: ``printf 'https://a.example/x?y=1a1b2' | openssl dgst -sha1 -hmac k -binary``."""
    assert (
        signature("k", "https://a.example/x?y=1", {"b": "2", "a": "1"})
        == "hdu4D9C061xr57EicpTBLXBhPEE="
    )


@pytest.mark.parametrize(
    ("name", "trouble"),
    [("hard_bounce", "bounced"), ("spam", "complained"), ("unsub", "complained")],
)
def test_after_trouble_only_what_was_asked_for_is_sent(
    post: Post, mandrill_standin: MandrillStandin, name: str, trouble: str
) -> None:
    response = deliver(event(name, bounce_description="bad_mailbox"))

    told = post.send("told", asked=False)
    asked = post.send("asked", asked=True)

    assert (response.status_code, json.loads(response.content)["used"]) == (200, 1)
    assert (told.state, asked.state) == ("done", "done")
    kept = [(each.state, each.why) for each in mails_of(post.user_id, most=9)]
    assert kept == [("sent", ""), ("withheld", trouble)]
    assert len(mandrill_standin.mails) == 1


def test_a_mailbox_that_is_full_is_noted_and_written_to(post: Post) -> None:
    deliver(event("soft_bounce", bounce_description="mailbox_full"))

    post.send(asked=False)

    assert standing().soft
    assert standing().why == "mailbox_full"
    assert mails_of(post.user_id, most=9)[0].state == "sent"


def test_an_address_is_known_in_every_spelling(post: Post) -> None:
    deliver(event("hard_bounce", email="Reader@EXAMPLE.org"))

    post.send(asked=False)

    assert mails_of(post.user_id, most=9)[0].state == "withheld"


def test_a_later_delivery_shows_that_the_mailbox_is_there_again(service: redis.Redis) -> None:
    deliver(event("hard_bounce", at=1_000), event("delivered", at=2_000))

    assert standing().trouble == ""


def test_a_complaint_is_not_taken_back_by_a_delivery(service: redis.Redis) -> None:
    deliver(event("spam", at=1_000), event("open", at=2_000))

    assert standing().trouble == "complained"


def test_events_may_come_twice_and_in_any_order(service: redis.Redis) -> None:
    newer, older = event("hard_bounce", at=3_000), event("hard_bounce", at=2_000)

    used = [
        json.loads(deliver(each).content)["used"]
        for each in (newer, newer, older, event("delivered", at=2_500))
    ]

    assert used == [1, 0, 0, 1]
    assert standing().bounced == 3_000_000
    assert standing().trouble == "bounced"


def test_nothing_is_kept_of_an_address_that_gave_no_trouble(service: redis.Redis) -> None:
    deliver(event("delivered"), event("send"), event("deferral"), event("reject"))

    assert standings(service) == []


def test_no_address_is_kept_in_clear(service: redis.Redis) -> None:
    deliver(event("hard_bounce", diag=f"smtp;550 {READER}", bounce_description=f"no such {READER}"))

    kept = [service.hgetall(key) for key in service.scan_iter("*mail_standing*")]
    assert len(kept) == 1
    assert READER not in f"{kept}{sorted(service.scan_iter())}"
    assert standing().why == ""


@pytest.mark.parametrize(
    "forge",
    [
        lambda events: deliver(events, told=""),
        lambda events: deliver(events, told="nonsense"),
        lambda events: deliver(events, told="ключ"),
        lambda events: deliver(events, key="another key"),
        lambda events: deliver(events, key=""),
        lambda events: deliver(events, told=signature(KEY, URL, {EVENTS: "[]"})),
        lambda events: deliver(events, told=right(events, url=URL + "/")),
        lambda events: deliver(events, told=right(events), more="1"),
    ],
    ids=[
        "none",
        "nonsense",
        "foreign letters",
        "another key",
        "no key",
        "other events",
        "another address",
        "one parameter more",
    ],
)
def test_what_mandrill_did_not_sign_is_refused_and_changes_nothing(
    service: redis.Redis, forge: Callable[[object], Any]
) -> None:
    response = forge(event("hard_bounce"))

    assert response.status_code == 400
    assert json.loads(response.content)["errorId"] == "invalid-mail-signature"
    assert standings(service) == []


def test_without_a_key_everything_is_refused(service: redis.Redis, settings: Any) -> None:
    settings.MANDRILL_WEBHOOK_KEYS = []

    assert deliver(event("hard_bounce"), key="").status_code == 400


def test_two_keys_are_taken_while_one_takes_the_others_place(
    service: redis.Redis, settings: Any
) -> None:
    settings.MANDRILL_WEBHOOK_KEYS = ["the next", KEY]

    answers = [deliver(key=key).status_code for key in ("the next", KEY)]

    assert answers == [200, 200]


@pytest.mark.parametrize(
    "strange",
    [
        {},
        {"event": "hard_bounce"},
        {"event": "hard_bounce", "ts": "x", "msg": {"email": READER}},
        {"event": "hard_bounce", "ts": 1, "msg": {"email": "none"}},
        {"type": "blacklist", "action": "add", "reject": {"email": READER}},
        None,
        7,
    ],
)
def test_what_is_no_event_about_a_mail_is_left(service: redis.Redis, strange: object) -> None:
    response = deliver(strange, event("hard_bounce", email="other@example.org"))

    assert json.loads(response.content) == {"status": "ok", "used": 1}
    assert standing() == Standing()


@pytest.mark.parametrize("body", [b"\xff\xfe", b"mandrill_events=nothing"])
def test_what_cannot_be_read_is_refused(service: redis.Redis, body: bytes) -> None:
    sign = signature(KEY, URL, {EVENTS: "nothing"})

    response = Client().generic(
        "POST", "/webhooks/mandrill", body, headers={"X-Mandrill-Signature": sign}
    )

    assert response.status_code == 400


def test_a_delivery_may_be_larger_than_djangos_limit_for_forms(service: redis.Redis) -> None:
    many = [event("hard_bounce", email=f"{n}@example.org", diag="x" * 3000) for n in range(1000)]

    response = deliver(*many)

    assert json.loads(response.content)["used"] == 1000


def test_mandrill_may_look_whether_the_webhook_is_there(service: redis.Redis) -> None:
    assert Client().head("/webhooks/mandrill").status_code == 200


@pytest.mark.parametrize(
    ("happens", "trouble"), [("hard_bounce", "bounced"), ("spam", "complained")]
)
def test_what_happens_to_a_mail_at_the_stand_in_is_known_to_the_service(
    post: Post,
    mandrill_standin: MandrillStandin,
    webhook_receiver: WebhookReceiver,
    settings: Any,
    happens: str,
    trouble: str,
) -> None:
    settings.MANDRILL_WEBHOOK_URL = mandrill_standin.webhooks.url = webhook_receiver.url
    settings.MANDRILL_WEBHOOK_KEYS = ["development"]
    post.send()
    assert pass_on(webhook_receiver) == {"status": "ok", "used": 0}  # that it was sent

    mandrill_standin.happen(mandrill_standin.mails[0]["id"], happens)

    assert pass_on(webhook_receiver) == {"status": "ok", "used": 1}
    assert standing().trouble == trouble


def pass_on(receiver: WebhookReceiver) -> Any:
    """Give what the stand-in delivered to the service, byte for byte."""
    request = receiver.next()
    response = Client().generic(
        "POST",
        "/webhooks/mandrill",
        request.body,
        content_type=request.headers["content-type"],
        headers={"X-Mandrill-Signature": request.headers["x-mandrill-signature"]},
    )
    return json.loads(response.content)
