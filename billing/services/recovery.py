"""Getting back into an account by the receipt of a purchase and the last digits of its card.

What is known of the card is Stripe's alone, so Stripe is asked, by one call for every receipt:
about the charge that it names if it paid a purchase here, and otherwise about any that did. So
neither the answer nor how long it takes tells a receipt of nobody from one with other digits.
"""

from accounts.errors import WrongCredentials
from accounts.managers import Credentials
from accounts.services.recovery import Newcomer, Way, let_in, must_be_offered
from billing.errors import WrongReceipt
from billing.gateways import stripe
from billing.gateways.base import Charge
from billing.models import Purchase


def recover_by_receipt(*, receipt_id: str, last4: str, newcomer: Newcomer) -> Credentials:
    """Let a device join the account of the buyer who has this receipt and knows the card.

    ``WrongReceipt`` for a receipt of nobody, other digits, or a payment that does not stand;
    ``StripeUnreachable`` for whatever receipt, when Stripe does not tell.
    """
    must_be_offered(Way.RECEIPT)
    purchase = Purchase.objects.charged_or_any(receipt_id)
    charge = stripe.charge(purchase.charge_id or "") if purchase else None
    if purchase is None or charge is None or not _is_proof(charge, receipt_id, last4):
        raise WrongReceipt(field="receiptId")
    try:
        return let_in(purchase.buyer, newcomer, Way.RECEIPT)
    except WrongCredentials as error:  # the buyer was erased
        raise WrongReceipt(field="receiptId") from error


def _is_proof(charge: Charge, receipt_id: str, last4: str) -> bool:
    """Whether the receipt is this charge's, the digits its card's, and the payment stands."""
    stands = charge.status == "succeeded" and not charge.disputed
    return charge.charge_id == receipt_id and charge.last4 == last4 and stands
