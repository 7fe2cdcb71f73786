"""One of each letter that the service writes, for tests that look at all of them."""

from collections.abc import Callable, Mapping
from typing import Final

from billing.mails import receipt_letter
from configsrv.mails import config_letter
from lantern_pro.mail.letter import Letter

LETTERS: Final[Mapping[str, Callable[[], Letter]]] = {
    "config": lambda: config_letter(content=b"pro-1:\n"),
    "receipt": lambda: receipt_letter(
        number="ch_1", plan="1y-usd-10", price="48.00 USD", pdf=b"%PDF"
    ),
}
"""By name; ``tests/unit/mail/test_letters.py`` demands that none is missing."""

VALUES: Final = ("Lantern Pro", "proxies.yaml", "ch_1", "1y-usd-10", "48.00 USD")
"""What stands in them in every language alike."""
