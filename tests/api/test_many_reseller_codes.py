"""A thousand codes of a reseller, redeemed at once: one code, one effect."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest
import redis
from pytest_django import Settings

from accounts.laws import ledger_explains_expiration
from accounts.models import User
from billing.models import Plan, Purchase, ResellerBatch
from billing.services.plans import plan_on_sale
from billing.services.reseller import make_batch
from lantern_pro.types import Cell, UserId
from tests.client_app import ClientApp

CODES: Final = 1_000
PEOPLE: Final = 10


@pytest.fixture(autouse=True)
def nobody_guesses(service: redis.Redis, settings: Settings) -> None:
    """People share an address, and are not taken to guess."""
    del service
    settings.GUESSES_PER_HOUR = settings.PAYMENTS_PER_HOUR = 10_000


def test_of_a_thousand_codes_at_once_each_gives_its_time_once(
    new_client: Callable[..., ClientApp],
) -> None:
    Plan.objects.create(id="1d-usd-1", description="A day", days=1, currency="usd", price_minor=99)
    codes = make_batch(reseller="Bazaar", plan=plan_on_sale("1d-usd-1"), count=CODES).codes
    people = [new_client(f"device-of-{number}") for number in range(PEOPLE)]

    def redeem(number: int) -> str:
        of = people[number % PEOPLE]
        app = ClientApp(device_id=of.device_id, user_id=of.user_id, token=of.token)
        app.post("/purchase", provider="reseller-code", resellerCode=codes[number])
        return str(app.answer.get("errorId") or app.answer["paymentStatus"])

    with ThreadPoolExecutor(8) as threads:
        told = Counter(threads.map(redeem, range(CODES)))

    assert told == {"completed": CODES}
    assert ResellerBatch.objects.get().redeemed == CODES
    each_has = CODES // PEOPLE
    for person in people:
        account = User.objects.get_account(UserId(person.user_id))
        assert account is not None
        assert len(Purchase.objects.ids_of(UserId(person.user_id))) == each_has
        assert [entry.kind for entry in account.time_ledger] == ["purchase"] * each_has
    assert list(ledger_explains_expiration(Cell(0))) == []
