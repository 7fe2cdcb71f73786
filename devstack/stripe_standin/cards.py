"""The test cards, by number, by token and by payment method.

The numbers and names are those that Stripe publishes for its test mode.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from devstack.standin import Object
from devstack.stripe_standin.errors import card_error, missing

_ASK_LATER = "An error occurred while processing your card. Try again in a little bit."


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a card does when it is charged: it pays, unless it says otherwise here."""

    number: str
    says: str
    code: str | None = None
    decline_code: str | None = None
    message: str = "Your card was declined."
    needs_authentication: bool = False
    can_be_kept: bool = False


def _declined(
    number: str, decline_code: str, message: str = "Your card was declined."
) -> Behaviour:
    says = f"declined: {decline_code}"
    return Behaviour(number, says, "card_declined", decline_code, message)


_PAYS = {
    "visa": "4242424242424242",
    "visa_debit": "4000056655665556",
    "mastercard": "5555555555554444",
    "mastercard_debit": "5200828282828210",
    "amex": "378282246310005",
    "discover": "6011111111111117",
    "diners": "3056930009020004",
    "jcb": "3566002020360505",
    "unionpay": "6200000000000005",
}
_REFUSES = {
    "chargeDeclined": _declined("4000000000000002", "generic_decline"),
    "chargeDeclinedInsufficientFunds": _declined(
        "4000000000009995", "insufficient_funds", "Your card has insufficient funds."
    ),
    "chargeDeclinedLostCard": _declined("4000000000009987", "lost_card"),
    "chargeDeclinedStolenCard": _declined("4000000000009979", "stolen_card"),
    "chargeDeclinedVelocityLimitExceeded": _declined("4000000000006975", "card_velocity_exceeded"),
    "chargeDeclinedExpiredCard": Behaviour(
        "4000000000000069", "expired", "expired_card", "expired_card", "Your card has expired."
    ),
    "chargeDeclinedIncorrectCvc": Behaviour(
        "4000000000000127",
        "wrong security code",
        "incorrect_cvc",
        "incorrect_cvc",
        "Your card's security code is incorrect.",
    ),
    "chargeDeclinedProcessingError": Behaviour(
        "4000000000000119", "processing error", "processing_error", "processing_error", _ASK_LATER
    ),
}
_DECLINES_ONCE_KEPT = Behaviour(
    "4000000000000341",
    "can be kept, then declined",
    "card_declined",
    "generic_decline",
    can_be_kept=True,
)
_ASKS = {
    "authenticationRequiredOnSetup": "4000002500003155",
    "authenticationRequired": "4000002760003184",
    "threeDSecure2Required": "4000000000003220",
}
_BY_NAME: dict[str, Behaviour] = {
    **{name: Behaviour(number, "pays") for name, number in _PAYS.items()},
    "chargeCustomerFail": _DECLINES_ONCE_KEPT,
    **_REFUSES,
    **{f"visa_{name}": behaviour for name, behaviour in _REFUSES.items()},
    **{
        name: Behaviour(number, "asks for authentication", needs_authentication=True)
        for name, number in _ASKS.items()
    },
}
BY_NUMBER = {behaviour.number: behaviour for behaviour in _BY_NAME.values()}
# What anyone may use without making it first: `tok_visa`, `pm_card_visa`, …
BY_TOKEN = {f"tok_{name}": behaviour for name, behaviour in _BY_NAME.items()}
BY_PAYMENT_METHOD = {f"pm_card_{name}": behaviour for name, behaviour in _BY_NAME.items()}

_BRANDS = {
    "4": "visa",
    "5": "mastercard",
    "34": "amex",
    "37": "amex",
    "60": "discover",
    "30": "diners",
    "35": "jcb",
    "62": "unionpay",
}


def behaviour_of(card: Mapping[str, str]) -> Behaviour:
    """Tell what the stored card does; its ``_number`` is a published test number."""
    return BY_NUMBER[card["_number"]]


def _checked_number(number: str) -> str:
    digits = number.replace(" ", "").replace("-", "")
    if not digits.isdigit() or not _is_luhn(digits):
        message = "Your card number is incorrect."
        raise card_error(message, "incorrect_number", param="number")
    if digits not in BY_NUMBER:
        message = (
            "Your card was declined. Your request was in test mode, but used a card that is "
            "not one of the test cards."
        )
        raise card_error(message, "card_declined", "test_mode_live_card")
    return digits


def _is_luhn(digits: str) -> bool:
    twice = [int(digit) * 2 for digit in digits[-2::-2]]
    once = [int(digit) for digit in digits[-1::-2]]
    return (sum(once) + sum(n - 9 if n > 9 else n for n in twice)) % 10 == 0  # noqa: PLR2004 - digits


def _checked_expiry(month: str, year: str) -> tuple[int, int]:
    now = datetime.now(UTC)
    if not month.isdigit() or not 1 <= int(month) <= 12:  # noqa: PLR2004 - months
        message = "Your card's expiration month is invalid."
        raise card_error(message, "invalid_expiry_month", param="exp_month")
    full_year = int(year) if year.isdigit() else 0
    if len(year) == len("34"):
        full_year += 2000
    if (full_year, int(month)) < (now.year, now.month) or full_year > now.year + 50:
        message = "Your card's expiration year is invalid."
        raise card_error(message, "invalid_expiry_year", param="exp_year")
    return int(month), full_year


def card_from(fields: Mapping[str, str], *, param: str) -> Object:
    """Make a card from what was typed in; ``StripeError`` when it cannot be one."""
    for name in ("number", "exp_month", "exp_year"):
        if not fields.get(name):
            raise missing(param=f"{param}[{name}]")
    number = _checked_number(fields["number"])
    month, year = _checked_expiry(fields["exp_month"], fields["exp_year"])
    return _card(number, month, year, checked_cvc=bool(fields.get("cvc")))


def card_of(behaviour: Behaviour) -> Object:
    """Make the card that a published token or payment method stands for."""
    return _card(behaviour.number, 12, datetime.now(UTC).year + 1, checked_cvc=True)


def _card(number: str, month: int, year: int, *, checked_cvc: bool) -> Object:
    brand = _BRANDS.get(number[:2]) or _BRANDS[number[:1]]
    return {
        "brand": brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass" if checked_cvc else None,
        },
        "country": "US",
        "display_brand": brand,
        "exp_month": month,
        "exp_year": year,
        # As at Stripe, the same number always has the same print.
        "fingerprint": hashlib.sha256(number.encode()).hexdigest()[:16],
        "funding": "debit"
        if number in (_PAYS["visa_debit"], _PAYS["mastercard_debit"])
        else "credit",
        "generated_from": None,
        "last4": number[-4:],
        "networks": {"available": [brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
        # Never shown: see `visible` in call.py.
        "_number": number,
    }
