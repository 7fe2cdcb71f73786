"""One of each letter that the service writes, for tests that look at all of them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from accounts.mails import (
    DoorWords,
    codes_letter,
    new_address_letter,
    old_address_letter,
    recovered_letter,
)
from billing.mails import receipt_letter, renewal_failed_letter, subscription_ended_letter
from configsrv.mails import config_letter
from lantern_pro.mail.letter import Letter

LETTERS: Final[Mapping[str, Callable[[], Letter]]] = {
    "config": lambda: config_letter(content=b"pro-1:\n"),
    "receipt": lambda: receipt_letter(
        number="ch_1", plan="1y-usd-10", price="48.00 USD", pdf=b"%PDF", asked=False
    ),
    "recovered": lambda: recovered_letter(way="words"),
    "renewal_failed": lambda: renewal_failed_letter(
        price="48.00 USD", page="https://example.org/invoice", until="2027-03-01"
    ),
    "subscription_ended": lambda: subscription_ended_letter(until="2027-03-01"),
    "codes": lambda: codes_letter(
        device="Pixel",
        doors=[
            DoorWords(code="042917", pro_until=date(2027, 3, 1), replaces="Pixel"),
            DoorWords(code="042918", pro_until=None, replaces=""),
        ],
    ),
    "new_address": lambda: new_address_letter(code="042917"),
    "old_address": lambda: old_address_letter(code="042917"),
}
"""By name; ``tests/unit/mail/test_letters.py`` demands that none is missing."""

VALUES: Final = (
    "https://example.org/invoice",
    "Lantern Pro",
    "Pro",
    "Pixel",
    "proxies.yaml",
    "ch_1",
    "1y-usd-10",
    "48.00 USD",
)
"""What stands in them in every language alike."""
