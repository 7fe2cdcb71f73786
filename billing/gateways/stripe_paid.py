"""What has paid a purchase, read in one way by all who ask: so they agree on the moment, too."""

from typing import Any, Final

from billing.gateways.base import Paid
from lantern_pro.types import Millis

CHARGE: Final = "latest_charge"
"""What is to be expanded in a payment that is read here: its charge tells when it was made."""


def paid_by(payment: dict[str, Any]) -> Paid:
    """What a payment comes to that has succeeded.

    Where Stripe shows no charge, or one without a moment, it has none for whoever asks.
    """
    charge = payment.get(CHARGE) or ""
    if not isinstance(charge, dict):
        return Paid(str(payment["id"]), str(charge))
    charged_at = Millis(int(charge.get("created") or 0) * 1000)
    return Paid(str(payment["id"]), str(charge["id"]), charged_at)
