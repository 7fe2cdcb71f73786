"""What people see of the Stripe stand-in: the payments, the test cards, the events."""

from devstack.standin import Journal, Object
from devstack.standin.page import (
    Html,
    code,
    facts,
    link,
    mark,
    page,
    shown,
    table,
    told,
    when,
)
from devstack.stripe_standin.cards import BY_NUMBER, BY_PAYMENT_METHOD, BY_TOKEN
from devstack.stripe_standin.money import written

_SHOWN = 50
_MOODS = {
    "succeeded": "good",
    "failed": "bad",
    "canceled": "bad",
    "requires_payment_method": "bad",
}


def front_page(journal: Journal, *, webhook_url: str | None, mode: str) -> str:
    """Show all there is to see."""
    where = f"webhooks ({mode}) go to {webhook_url}" if webhook_url else "no webhook is set"
    return page(
        "Stripe, standing in",
        Html(f"No money moves here. Any sk_test_… key works; {shown(where)}. ")
        + link("/disputes", "Open and end disputes."),
        ("Payments", _payments(journal)),
        ("Refunds", _refunds(journal)),
        ("Test cards", _cards()),
        ("Events", _events(journal)),
    )


def _latest(journal: Journal, kind: str) -> list[Object]:
    return journal.all(kind)[: -_SHOWN - 1 : -1]


def _payments(journal: Journal) -> Html:
    rows = [
        (
            when(intent["created"]),
            code(intent["id"]),
            written(intent["amount"], intent["currency"]),
            mark(intent["status"], _MOODS.get(intent["status"], "wait")),
            _card_and_trouble(journal, intent),
            ", ".join(f"{key}={value}" for key, value in intent["metadata"].items()),
        )
        for intent in _latest(journal, "payment_intent")
    ]
    heads = ("Made", "Payment intent", "Amount", "State", "Card", "Metadata")
    return table(heads, rows, empty="No payment yet.")


def _card_and_trouble(journal: Journal, intent: Object) -> Html | str:
    if intent["status"] == "requires_action":
        return link(f"/authenticate/{intent['id']}", "authenticate")
    charge = journal.get(intent["latest_charge"] or "")
    if charge is None:
        return ""
    card = charge["payment_method_details"]["card"]
    words = f"{card['brand']} …{card['last4']}"
    if charge["paid"]:
        return link(f"/receipts/{charge['id']}", words)
    return f"{words}: {charge['failure_message']}"


def _refunds(journal: Journal) -> Html:
    rows = [
        (
            when(refund["created"]),
            code(refund["id"]),
            written(refund["amount"], refund["currency"]),
            code(refund["charge"]),
            refund["reason"] or "",
        )
        for refund in _latest(journal, "refund")
    ]
    return table(("Made", "Refund", "Amount", "Charge", "Reason"), rows, empty="No refund yet.")


def _cards() -> Html:
    tokens = {behaviour.number: name for name, behaviour in reversed(BY_TOKEN.items())}
    methods = {behaviour.number: name for name, behaviour in reversed(BY_PAYMENT_METHOD.items())}
    rows = [
        (
            code(number),
            mark(
                card.says, "bad" if card.code else "wait" if card.needs_authentication else "good"
            ),
            code(tokens[number]),
            code(methods[number]),
        )
        for number, card in BY_NUMBER.items()
    ]
    return table(("Number", "What it does", "Token", "Payment method"), rows, empty="")


def _events(journal: Journal) -> Html:
    rows = []
    for event in _latest(journal, "event"):
        delivery = journal.get(f"_delivery_{event['id']}")
        subject = event["data"]["object"]["id"]
        rows.append((when(event["created"]), event["type"], code(subject), told(delivery)))
    return table(("Made", "Event", "About", "Delivery"), rows, empty="No event yet.")


def receipt_page(charge: Object) -> str:
    """Show the receipt of a charge."""
    card = charge["payment_method_details"]["card"]
    amount = written(charge["amount"], charge["currency"])
    pairs = [
        ("Amount", amount),
        ("Refunded", written(charge["amount_refunded"], charge["currency"])),
        ("Paid", when(charge["created"])),
        ("Card", f"{card['brand']} …{card['last4']}"),
        ("For", charge["description"] or "none"),
        ("Receipt", charge["receipt_number"] or "none"),
        ("Charge", code(charge["id"])),
    ]
    return page(f"Receipt: {amount}", "A test: no money has moved.", ("Payment", facts(pairs)))


def authentication_page(intent: Object) -> str:
    """Ask, as a bank would, whether it is really the customer who pays."""
    amount = written(intent["amount"], intent["currency"])
    form = Html(
        '<form method="post"><button name="succeed" value="true">It is me: pay</button>'
        '<button name="succeed" value="false">Refuse</button></form>'
    )
    return page("Your bank asks", f"Is it you who pays {amount}?", ("Answer", form))
