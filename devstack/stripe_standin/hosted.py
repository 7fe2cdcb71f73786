"""The pages that Stripe hosts and customers use: checkout, an open invoice, the billing portal."""

from collections.abc import Callable
from typing import Protocol

from devstack.standin import Answer, Journal, Object, Request
from devstack.standin.page import Html, code, facts, mark, page, when
from devstack.stripe_standin import checkout, invoices, portal
from devstack.stripe_standin.call import Call, visible
from devstack.stripe_standin.cards import BY_NUMBER, Behaviour, card_of
from devstack.stripe_standin.methods import new_method
from devstack.stripe_standin.money import written
from devstack.stripe_standin.params import Params

_CHOICES = ("4242424242424242", "4000000000003220", "4000000000009995", "4000000000000341")
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://127.0.0.1:* "
    "http://localhost:* https:"
)


class Hosting(Protocol):
    """What these pages need of the stand-in."""

    journal: Journal

    def act(self, told: dict[str, str], work: Callable[[Call], Object]) -> tuple[int, Object]:
        """Do something from outside of the API, in one step."""


def hosted(standin: Hosting, request: Request) -> Answer | None:
    """Show a page, or do what was pressed on it; None when there is no such page."""
    found: Object | None
    match request.path.split("/"):
        case ["", "checkout", session_id] if found := _known(standin, session_id):
            return _checkout(standin, found, request)
        case ["", "checkout", session_id, "back"] if found := _known(standin, session_id):
            done = found["status"] == "complete"
            return _go(found["success_url"] if done else f"/checkout/{session_id}")
        case ["", "invoices", invoice_id] if found := _known(standin, invoice_id):
            return _invoice(standin, found, request)
        case ["", "portal", secret] if found := _known(standin, secret):
            return _portal(standin, found, request)
    return None


def _known(standin: Hosting, object_id: str) -> Object | None:
    return standin.journal.get(object_id)


def _go(where: str) -> Answer:
    return Answer(303, b"", headers={"Location": where})


def _show(title: str, introduction: str, *sections: tuple[str, Html]) -> Answer:
    return Answer.of_html(page(title, introduction, *sections), policy=_POLICY)


def _cards(button: str, cancel_url: str | None = None) -> Html:
    options = "".join(
        f'<option value="{number}">{number}: {_says(BY_NUMBER[number])}</option>'
        for number in _CHOICES
    )
    back = f'<p><a href="{cancel_url}">Back</a></p>' if cancel_url else ""
    return Html(
        f'<form method="post"><label>Card <input name="number" list="cards" required '
        f'value="{_CHOICES[0]}"></label><datalist id="cards">{options}</datalist>'
        f'<button name="do" value="pay">{button}</button></form>{back}'
    )


def _says(card: Behaviour) -> str:
    return card.says


def _method(call: Call, number: str) -> Object:
    behaviour = BY_NUMBER.get(number.replace(" ", "")) or BY_NUMBER["4000000000000002"]
    return call.put(new_method(call, card_of(behaviour)))


def _form(request: Request) -> Params:
    return Params.parse(request.body.decode())


def _checkout(standin: Hosting, session: Object, request: Request) -> Answer:
    amount = written(session["amount_total"], session["currency"])
    if session["status"] != "open":
        told = mark(session["status"], "good" if session["status"] == "complete" else "bad")
        return _show("Checkout", f"{amount}: this checkout is over.", ("State", told))
    trouble = ""
    if request.method == "POST":
        number = _form(request).text("number") or ""
        back = f"/checkout/{session['id']}/back"
        status, body = standin.act(
            {"return_url": back},
            lambda call: checkout.pay(call, session["id"], _method(call, number)),
        )
        if status == 200 and body["status"] == "requires_action":  # noqa: PLR2004
            return _go(f"/authenticate/{body['id']}")
        if status == 200:  # noqa: PLR2004 - the answer of the API
            return _go(session["success_url"])
        trouble = str(body["error"]["message"])
    words = f"{trouble} Try another card." if trouble else "No money moves here."
    kind = "a subscription" if session["mode"] == "subscription" else "one payment"
    return _show(
        f"Pay {amount}",
        words,
        ("What", facts([("Amount", amount), ("Kind", kind), ("Mail", session["customer_email"])])),
        ("Card", _cards("Pay", session["cancel_url"])),
    )


def _invoice(standin: Hosting, invoice: Object, request: Request) -> Answer:
    amount = written(invoice["amount_due"], invoice["currency"])
    if request.method == "POST" and invoice["status"] == "open":
        number = _form(request).text("number") or ""
        back = f"/invoices/{invoice['id']}"

        def pay(call: Call) -> Object:
            found = call.find("invoice", invoice["id"])
            invoices.attempt(call, found, _method(call, number), present=True)
            return call.find("payment_intent", found["_intent"])

        _, body = standin.act({"return_url": back}, pay)
        asks = body.get("status") == "requires_action"
        return _go(f"/authenticate/{body['id']}" if asks else back)
    state = mark(invoice["status"], "good" if invoice["status"] == "paid" else "wait")
    pairs = [("Amount", amount), ("State", state), ("Number", code(invoice["number"]))]
    sections = [("Invoice", facts(pairs))]
    if invoice["status"] == "open":
        sections.append(("Card", _cards("Pay")))
    return _show(f"Invoice: {amount}", "No money moves here.", *sections)


def _portal(standin: Hosting, door: Object, request: Request) -> Answer:
    session = standin.journal.get(door["session"]) or {}
    if request.method == "POST":
        what, number = _form(request).text("do") or "", _form(request).text("number") or ""

        def act(call: Call) -> Object:
            method = _method(call, number) if what == "pay" else None
            portal.act(call, session["customer"], what, method)
            return {}

        standin.act({}, act)
        return _go(request.path)
    sections = [_subscription(each) for each in standin.journal.all("subscription")
                if each["customer"] == session["customer"]]  # fmt: skip
    back = session["return_url"] or "/"
    return _show(
        "Billing portal",
        "No money moves here.",
        *sections,
        ("Card", _cards("Pay with this card")),
        ("Done", Html(f'<a href="{back}">Back to the service</a>')),
    )


def _subscription(subscription: Object) -> tuple[str, Html]:
    [item] = visible(subscription)["items"]["data"]
    ends = subscription["cancel_at_period_end"]
    act, words = ("resume", "Go on") if ends else ("cancel", "Cancel at the end of the period")
    state = subscription["status"] + (", ends with its period" if ends else "")
    amount = written(item["price"]["unit_amount"], item["price"]["currency"])
    pairs = [("Price", amount), ("State", state), ("Until", when(item["current_period_end"]))]
    form = f'<form method="post"><button name="do" value="{act}">{words}</button></form>'
    return subscription["id"], Html(facts(pairs) + form)
