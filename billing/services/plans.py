"""The catalogue of plans, as a client in some country is shown it."""

from typing import Final

from billing.errors import UnknownPlan
from billing.models import Plan

DEFAULT_CURRENCY: Final = "usd"
_EURO: Final = "AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"
CURRENCY_OF: Final = {
    **dict.fromkeys(_EURO.split(), "eur"),
    "CN": "cny",
    "GB": "gbp",
    "HK": "hkd",
    "JP": "jpy",
    "KR": "krw",
    "RU": "rub",
    "TR": "try",
}
"""Country -> the currency that people there pay in, where it is not US dollars (ISO 3166, 4217)."""


def plans_for(country: str) -> list[Plan]:
    """The plans on sale in a country's currency, or in US dollars where there are none."""
    currency = CURRENCY_OF.get(country.upper(), DEFAULT_CURRENCY)
    on_sale = Plan.objects.filter(on_sale=True)
    local = list(on_sale.filter(currency=currency))
    return local or list(on_sale.filter(currency=DEFAULT_CURRENCY))


def plan_on_sale(plan_id: str) -> Plan:
    """One plan; ``UnknownPlan`` when it is not on sale."""
    found = Plan.objects.filter(pk=plan_id).first()
    if found is None or not found.on_sale:
        raise UnknownPlan(field="plan")
    return found
