"""The pages that people look at."""

import base64

import mandrill
import requests

from devstack.mandrill_standin import MandrillStandin
from devstack.stripe_standin import StripeStandin
from tests.standins.paying import post, purchase
from tests.standins.test_mandrill import message


def test_the_front_page_of_stripe_tells_of_payments_cards_and_events(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    post(http, stripe_standin, "/v1/payment_intents", purchase(paid_with="pm_card_chargeDeclined"))
    paid = post(http, stripe_standin, "/v1/payment_intents", purchase()).json()
    post(http, stripe_standin, "/v1/refunds", {"payment_intent": paid["id"], "amount": "800"})

    page = http.get(stripe_standin.url, timeout=20)

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for words in (paid["id"], "48.00 USD", "8.00 USD", "Your card was declined.", "user_id=7"):
        assert words in page.text
    for words in ("4000000000009995", "tok_visa", "pm_card_visa", "charge.refunded"):
        assert words in page.text


def test_a_receipt_can_be_opened(http: requests.Session, stripe_standin: StripeStandin) -> None:
    form = purchase({"expand[]": "latest_charge"})
    charge = post(http, stripe_standin, "/v1/payment_intents", form).json()["latest_charge"]

    page = http.get(charge["receipt_url"], timeout=20)

    assert page.status_code == 200
    assert charge["id"] in page.text


def test_what_was_sent_cannot_become_markup(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    form = purchase({"metadata[user_id]": "<script>alert(1)</script>"})
    post(http, stripe_standin, "/v1/payment_intents", form)

    page = http.get(stripe_standin.url, timeout=20)

    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


def test_a_mail_is_shown_as_its_reader_would_see_it(
    http: requests.Session, mandrill_client: mandrill.Mandrill, mandrill_standin: MandrillStandin
) -> None:
    picture = {"type": "image/png", "name": "logo", "content": "AAAA"}
    receipt = {
        "type": "application/pdf",
        "name": "påske <1>.pdf",
        "content": base64.b64encode(b"%PDF-1").decode(),
    }
    (answer,) = mandrill_client.messages.send(
        message(
            subject="Hi <b>",
            html='<img src="cid:logo"><script>1</script>',
            images=[picture],
            attachments=[receipt],
        )
    )
    mail = f"{mandrill_standin.url}/mails/{answer['_id']}"

    front = http.get(mandrill_standin.url, timeout=20)
    page = http.get(mail, timeout=20)
    html = http.get(f"{mail}/html", timeout=20)
    file = http.get(f"{mail}/attachments/0", timeout=20)

    assert f'href="/mails/{answer["_id"]}"' in front.text
    assert "Hi &lt;b&gt;" in page.text
    assert "Lantern Pro &lt;pro@example.org&gt;" in page.text
    assert "<iframe sandbox" in page.text
    assert "data:image/png;base64,AAAA" in html.text
    assert html.headers["Content-Security-Policy"].startswith("sandbox;")
    assert file.content == b"%PDF-1"
    assert file.headers["Content-Disposition"].endswith("p%C3%A5ske%20%3C1%3E.pdf")


def test_what_is_not_there_is_404(
    http: requests.Session, mandrill_standin: MandrillStandin
) -> None:
    for path in ("/mails/none", "/nothing", "/mails/none/attachments/0"):
        assert http.get(mandrill_standin.url + path, timeout=20).status_code == 404
