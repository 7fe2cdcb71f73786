"""Currencies and amounts, in minor units as everywhere at Stripe."""

from devstack.stripe_standin.errors import StripeError
from devstack.stripe_standin.params import Params


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NO_DECIMALS = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf")
_THREE_DECIMALS = _codes("bhd jod kwd omr tnd")
_TWO_DECIMALS = _codes(
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd "
    "cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd "
    "hkd hnl htg huf idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd "
    "mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar "
    "ron rsd sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah usd "
    "uyu uzs wst xcd yer zar zmw"
)
_CURRENCIES = _NO_DECIMALS | _TWO_DECIMALS | _THREE_DECIMALS
_SMALLEST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50}
_LARGEST = 99_999_999


def written(amount: int, currency: str) -> str:
    """Write an amount for people: ``12.00 USD``, ``1200 JPY``."""
    decimals = 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2
    return f"{amount / 10**decimals:,.{decimals}f} {currency.upper()}"


def needed_currency(params: Params) -> str:
    """Read ``currency``."""
    return currency_of(params, "currency")


def currency_of(params: Params, name: str) -> str:
    """Read a currency by its parameter's name."""
    currency = params.need(name).lower()
    if currency not in _CURRENCIES:
        message = f"Invalid currency: {currency}."
        raise StripeError(message, param=name)
    return currency


def needed_amount(params: Params, currency: str) -> int:
    """Read ``amount``, which must be within what can be charged in that currency."""
    return whole_amount(params, "amount", currency)


def whole_amount(params: Params, name: str, currency: str) -> int:
    """Read an amount by its parameter's name."""
    params.need(name)
    amount = params.number(name) or 0
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise StripeError(message, code="parameter_invalid_integer", param=name)
    least = _SMALLEST.get(currency, 1)
    if amount < least:
        message = f"Amount must be at least {written(least, currency)}."
        raise StripeError(message, code="amount_too_small", param=name)
    if amount > _LARGEST:
        message = f"Amount must be no more than {written(_LARGEST, currency)}."
        raise StripeError(message, code="amount_too_large", param=name)
    return amount
