"""Money in every currency: how many decimals, what can be charged, how it is written. Pure.

Amounts are integers in the unit that Stripe counts in (docs.stripe.com/currencies): cents for most,
whole units where a currency has none smaller (yen), thousandths for five of them (Kuwaiti dinars).
The krona of Iceland has no smaller unit any more, and is still counted in hundredths. Of Uganda's
shilling Stripe says both that it is counted in whole units and in hundredths: it is not sold in.
"""

from typing import Final

from django.utils.formats import number_format

from lantern_pro.types import Minor


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


ZERO_DECIMAL: Final = _codes("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
THREE_DECIMAL: Final = _codes("bhd jod kwd omr tnd")
WHOLE_IN_HUNDREDTHS: Final = _codes("isk")
UNCLEAR: Final = _codes("ugx")
TWO_DECIMAL: Final = _codes(
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd "
    "cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd "
    "hkd hnl htg huf idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd "
    "mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar "
    "ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah "
    "usd uyu uzs wst xcd yer zar zmw"
)
CURRENCIES: Final = ZERO_DECIMAL | TWO_DECIMAL | THREE_DECIMAL
"""What prices may be in."""

_LEAST: Final = {
    "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
    "usd": 50,
}  # fmt: skip
LARGEST: Final = Minor(99_999_999)
"""Stripe takes amounts of eight digits in every currency."""


def decimals(currency: str) -> int:
    """How many decimals the amount has that Stripe counts: 4800 is 48.00 USD, and 4800 JPY."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def step(currency: str) -> int:
    """What every amount must be a multiple of: Stripe rounds nothing, it refuses."""
    if currency in WHOLE_IN_HUNDREDTHS:
        return 100
    return 10 if currency in THREE_DECIMAL else 1


def least(currency: str) -> Minor:
    """The least that Stripe charges, as far as it says so: elsewhere one step."""
    return Minor(_LEAST.get(currency, step(currency)))


def price_fault(amount: int, currency: str) -> str:
    """Why nothing could be sold at this price, in words for staff; empty when it could."""
    if currency in UNCLEAR:
        return f"Stripe's rules for {currency.upper()} contradict each other; use another currency."
    if currency not in CURRENCIES:
        return f"Stripe charges in no currency {currency!r}; write three letters, such as usd."
    unit, over = step(currency), amount % step(currency)
    if over:
        lower = amount - over
        return f"In {currency.upper()} Stripe takes multiples of {unit}: {lower} or {lower + unit}."
    if not least(currency) <= amount <= LARGEST:
        lowest = price_text(least(currency), currency)
        return f"Stripe charges from {lowest} to {price_text(LARGEST, currency)}."
    return ""


def discounted(amount: Minor, percent: int, currency: str) -> Minor:
    """The amount less so many percent, rounded down to what can be charged: never dearer."""
    left = amount * (100 - percent) // 100
    return Minor(left - left % step(currency))


def shared(amount: Minor, months: int, currency: str) -> Minor:
    """A month's share of an amount, to the nearest that could be charged."""
    unit = step(currency)
    return Minor((2 * amount + months * unit) // (2 * months * unit) * unit)


def price_text(amount: Minor, currency: str) -> str:
    """Money as people write it: all decimals that the currency has, signs of the language at hand.

    Without a language that says otherwise: ``1,048.00 USD``, ``5,200 JPY``, ``14.900 KWD``.
    """
    places = decimals(currency)
    whole, rest = divmod(abs(amount), 10**places)
    shown = 0 if currency in WHOLE_IN_HUNDREDTHS and not rest else places
    written = f"{whole}.{rest:0{places}d}" if shown else str(whole)
    sign = "-" if amount < 0 else ""
    text = number_format(written, decimal_pos=shown or None, use_l10n=True, force_grouping=True)
    return f"{sign}{text} {currency.upper()}"
