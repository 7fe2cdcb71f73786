"""The page on which people play customers and banks in disputes."""

from devstack.standin import Journal, Object
from devstack.standin.page import Html, code, mark, page, table, when
from devstack.stripe_standin.money import written

_SHOWN = 50
_MOODS = {"won": "good", "lost": "bad", "warning_closed": "good"}
_NEXT = {
    "needs_response": ("win", "lose"),
    "under_review": ("win", "lose"),
    "warning_needs_response": ("escalate", "lose"),
    "warning_under_review": ("escalate", "lose"),
}


def disputes_page(journal: Journal) -> str:
    """Show the disputes, and the charges that could be disputed."""
    charges = [each for each in journal.all("charge") if each["paid"] and not each["disputed"]]
    return page(
        "Disputes",
        "What customers and their banks do. Each button sends the webhooks that Stripe would.",
        ("Disputes", _disputes(journal.all("dispute"))),
        ("Charges", _charges(charges)),
    )


def _disputes(disputes: list[Object]) -> Html:
    rows = [
        (
            when(each["created"]),
            code(each["id"]),
            code(each["charge"]),
            written(each["amount"], each["currency"]),
            mark(each["status"], _MOODS.get(each["status"], "wait")),
            _buttons(each["id"], _NEXT.get(each["status"], ())),
        )
        for each in disputes[: -_SHOWN - 1 : -1]
    ]
    heads = ("Opened", "Dispute", "Charge", "Amount", "State", "")
    return table(heads, rows, empty="No dispute yet.")


def _charges(charges: list[Object]) -> Html:
    rows = [
        (
            when(each["created"]),
            code(each["id"]),
            written(each["amount"], each["currency"]),
            _buttons(each["id"], ("open", "inquire")),
        )
        for each in charges[: -_SHOWN - 1 : -1]
    ]
    return table(("Paid", "Charge", "Amount", ""), rows, empty="Nothing was paid yet.")


def _buttons(about: str, acts: tuple[str, ...]) -> Html:
    buttons = "".join(f'<button name="do" value="{act} {about}">{act}</button>' for act in acts)
    return Html(f'<form method="post">{buttons}</form>') if acts else Html("")
