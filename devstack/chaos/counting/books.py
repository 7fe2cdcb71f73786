"""The vendors' books, as claims look things up in them."""

from dataclasses import dataclass, field
from typing import Any

from devstack.chaos.counting.mails import MailCall

Grouped = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Books:
    """Mails by job, charges by purchase, refunds by charge; and who could know of which mail."""

    mails: Grouped = field(default_factory=dict)
    charges: Grouped = field(default_factory=dict)
    mail_calls: dict[str, list[MailCall]] = field(default_factory=dict)
    refunds: Grouped = field(default_factory=dict)

    def texts(self, kind: str, to: str) -> list[str]:
        """The first mail of each job of a kind to an address, in the order in which they came."""
        first = [mails[0] for job_id, mails in self.mails.items() if f".{kind}." in job_id]
        return [mail["text"] for mail in sorted(first, key=_when) if mail["email"] == to]

    def refunds_of(self, purchase_id: str) -> int:
        """How often money of a purchase was given back."""
        charges = self.charges.get(purchase_id, [])
        return sum(len(self.refunds.get(charge["id"], [])) for charge in charges)


def _when(mail: dict[str, Any]) -> float:
    return float(mail["ts"])
