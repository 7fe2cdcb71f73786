"""All laws of all apps, checked on the live store."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from django.conf import settings

from lantern_pro.store.laws import Law
from lantern_pro.types import Cell

_PLACES: Final = (
    "proxies.laws",
    "accounts.laws",
    "lantern_pro.jobs.laws",
    "billing.laws",
    "billing.promotion_laws",
    "billing.return_laws",
    "billing.reseller_laws",
    "configsrv.laws",
    "referrals.laws",
    "lantern_pro.store.audit",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One law and each breach of it, in words."""

    law: Law
    faults: list[str]


def all_laws() -> list[Law]:
    """Every law, by number."""
    laws = [law for place in _PLACES for law in import_module(place).LAWS]
    return sorted(laws, key=lambda law: law.number)


def check_laws() -> Iterator[Finding]:
    """Check every law in every cell."""
    for law in all_laws():
        faults = [fault for cell in range(settings.CELLS) for fault in law.check(Cell(cell))]
        yield Finding(law, faults)
