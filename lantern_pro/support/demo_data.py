"""Demo data: plans, a fleet, and people of every kind, made by the services that clients use.

Nothing is written past the rules: who is Pro here paid the Stripe stand-in, or a reseller where it
was long ago, because what Stripe has charged counts from the charge on, and that is made today.
"""

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from accounts.models import User
from accounts.services.authentication import authenticate
from accounts.services.tokens import token_of
from accounts.services.users import account_of, create_user
from billing.errors import CardDeclined
from billing.models import Plan
from billing.services.purchases import Wish, purchase
from billing.services.reseller import Redeemer, make_batch, redeem_code
from lantern_pro import clock
from lantern_pro.api.spending import Spending
from lantern_pro.types import Cell, UserId
from proxies.records import NewProxy, Place, Track
from proxies.services.fleet import add_proxy
from referrals.services.codes import attach_referral

DAY_MS: Final = 24 * 60 * 60 * 1000
PAYS: Final = "tok_visa"
IS_DECLINED: Final = "tok_chargeDeclined"
BY_CODE: Final = ""
"""In place of a card: a reseller's code."""
RESELLER: Final = "Bazaar"

# Per currency: the price of a month, of a year and of two, in its smallest unit.
PRICES: Final = {
    "usd": (499, 4800, 8700),
    "eur": (499, 4600, 8300),
    "cny": (3500, 33600, 60900),
    "jpy": (700, 7200, 12900),
    "kwd": (1490, 14900, 26900),
}
RENEWAL: Final = "30: 1m\n0: 15d"
YEAR: Final = 12
TERMS: Final = (
    ("1m", "One month", "zh: 一个月\nfa: یک ماه\nru: Один месяц", 1),
    ("1y", "One year", "zh: 一年\nfa: یک سال\nru: Один год", YEAR),
    ("2y", "Two years", "zh: 两年\nfa: دو سال\nru: Два года", 2 * YEAR),
)

_AMSTERDAM: Final = Place(
    city="Amsterdam", country="Netherlands", country_code="NL", latitude=52.37, longitude=4.9
)
_FRANKFURT: Final = Place(
    city="Frankfurt", country="Germany", country_code="DE", latitude=50.11, longitude=8.68
)
_PARIS: Final = Place(
    city="Paris", country="France", country_code="FR", latitude=48.86, longitude=2.35
)
_SINGAPORE: Final = Place(
    city="Singapore", country="Singapore", country_code="SG", latitude=1.35, longitude=103.82
)
_TOKYO: Final = Place(
    city="Tokyo", country="Japan", country_code="JP", latitude=35.68, longitude=139.69
)
_NEW_YORK: Final = Place(
    city="New York", country="United States", country_code="US", latitude=40.71, longitude=-74.01
)
# Names as those of the time: by addresses, here of blocks that are reserved for documentation.
FLEET: Final = (
    ("fallback-203.0.113.7", Track.FREE, 5000, _AMSTERDAM),
    ("fallback-203.0.113.19", Track.FREE, 5000, _FRANKFURT),
    ("fallback-203.0.113.42", Track.FREE, 5000, _PARIS),
    ("fallback-203.0.113.77", Track.FREE, 5000, _SINGAPORE),
    ("fallback-203.0.113.101", Track.FREE, 5000, _TOKYO),
    ("fallback-203.0.113.200", Track.FREE, 5000, _NEW_YORK),
    ("pro-198.51.100.4", Track.PRO, 100, _AMSTERDAM),
    ("pro-198.51.100.21", Track.PRO, 100, _FRANKFURT),
    ("pro-198.51.100.58", Track.PRO, 100, _SINGAPORE),
    ("pro-198.51.100.93", Track.PRO, 100, _TOKYO),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo data: what they bought, if anything, how, and how long ago."""

    name: str
    plan: str = ""
    card: str = PAYS
    days_ago: int = 0
    invited_by: str = ""
    locale: str = "en_US"


PEOPLE: Final = (
    Person("ada"),
    Person("ben"),
    Person("carla", plan="1y-usd-10"),
    Person("dmitri", plan="2y-eur-10", locale="ru_RU"),
    Person("emi", plan="1m-jpy-10"),
    Person("farid", plan="1y-usd-10", card=BY_CODE, days_ago=400, locale="fa_IR"),
    Person("grace", plan="1y-usd-10", card=IS_DECLINED),
    Person("hana", plan="1y-cny-10", locale="zh_CN"),
    Person("ivo", plan="1y-usd-10", invited_by="hana"),
)


def seed_plans() -> int:
    """Put the plans on sale that are not there; staff's changes stay. Returns how many are new."""
    wanted = [
        Plan(
            id=f"{term}-{currency}-10",
            description=description,
            translations=translations,
            months=months,
            currency=currency,
            price_minor=price,
            renewal_bonus=RENEWAL if months >= YEAR else "",
            best_value=months == 2 * YEAR,
            position=months,
        )
        for currency, prices in PRICES.items()
        for (term, description, translations, months), price in zip(TERMS, prices, strict=True)
    ]
    missing = [plan for plan in wanted if not Plan.objects.filter(pk=plan.pk).exists()]
    for plan in missing:
        plan.save(force_insert=True)
    return len(missing)


def seed_fleet(addr: str) -> int:
    """Add the proxies that are not there, all at one address. Returns how many are new.

    One reference proxy stands in for the whole fleet and tells its members apart by their tokens.
    """
    added = [
        add_proxy(
            Cell(cell),
            NewProxy(name=name, addr=addr, track=track, capacity=capacity, place=place),
        )
        for cell in range(settings.CELLS)
        for name, track, capacity, place in FLEET
    ]
    return sum(proxy.new for proxy in added)


def seed_people() -> int:
    """Let people sign up, invite each other and pay, where there are no users yet."""
    if User.objects.exists():
        return 0
    codes: dict[str, str] = {}
    for number, person in enumerate(PEOPLE, start=1):
        with clock.shifted(-person.days_ago * DAY_MS):
            user_id = _sign_up(person, number)
            codes[person.name] = account_of(user_id).row["referral"]
            if person.invited_by:
                attach_referral(user_id=user_id, written=codes[person.invited_by])
            if person.plan and person.card == BY_CODE:
                _redeem(person, user_id)
            elif person.plan:
                _buy(person, user_id)
    return len(PEOPLE)


def _sign_up(person: Person, number: int) -> UserId:
    made = create_user(
        device_id=f"demo-{person.name}",
        address=f"192.0.2.{number}",
        locale=person.locale,
        spending=Spending.nothing(Cell(number % settings.CELLS)),
    )
    token = token_of(made.user_id, made.kid, made.epoch)
    return authenticate(user_id=made.user_id, token=token, device_id=f"demo-{person.name}").user_id


def _redeem(person: Person, user_id: UserId) -> None:
    plan = Plan.objects.get(pk=person.plan)
    [code] = make_batch(reseller=RESELLER, plan=plan, count=1).codes
    name = f"{person.name.title()}'s phone"
    redeem_code(code, Redeemer(user_id, f"demo-{person.name}", name, f"{person.name}@example.org"))


def _buy(person: Person, user_id: UserId) -> None:
    wish = Wish(
        user_id=user_id,
        device_id=f"demo-{person.name}",
        device_name=f"{person.name.title()}'s phone",
        plan=person.plan,
        currency="",
        provider="stripe",
        token=person.card,
        payment_method="",
        email=f"{person.name}@example.org",
        idempotency_key="first",
    )
    try:
        purchase(wish)
    except CardDeclined:
        if person.card != IS_DECLINED:
            raise
