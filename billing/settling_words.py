"""What staff are told who look at an open purchase, or close it."""

from django.contrib import messages

from billing.errors import CardDeclined
from billing.models import Purchase
from billing.services.purchases import settle
from lantern_pro.backoffice.button import Pressed
from lantern_pro.errors import LanternError


def settled_words(purchase: Purchase, *, closing: bool, why: str = "") -> Pressed:
    """Settle a purchase, and say how it stands."""
    if not purchase.is_open:
        return Pressed("It has ended already; nothing was done.", level=messages.WARNING)
    looked = f"Wanted to close it ({why})" if closing else "Looked at Stripe again"
    try:
        waits = settle(purchase.purchase_id, closing=closing).waiting
    except CardDeclined as error:
        reason = error.details["reason"]
        history = f"Closed at Stripe ({reason}): {why}" if closing else f"{looked}: {reason}."
        return Pressed(f"It is closed: {reason}.", history=history)
    except LanternError as error:
        return Pressed(error.message, level=messages.WARNING)
    if waits:
        return Pressed("It waits for the buyer.", history=f"{looked}: it waits for the buyer.")
    return Pressed("It is paid.", history=f"{looked}: paid.")
