"""What is held on a user: each app says it in its ``privacy.py``, for their export and erasure.

An app's ``HOLDINGS`` cover every key of its own that tells of a user; a test finds those that are
not covered. ``LOOK_BEFORE_ERASURE`` are its reasons to wait, each a function that raises;
``END_BEFORE_ERASURE`` end what is still under way, once the erasure is certain, or raise.
"""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from lantern_pro.store.keys import Key, Table
from lantern_pro.types import UserId


@dataclass(frozen=True, slots=True)
class Holding:
    """Something that is held on a user.

    ``tell`` answers it as plain values, under ``name`` in the export; ``covers`` are the keys in
    which it lies; ``erased`` says in words what becomes of it when the user is erased.
    """

    name: str
    tell: Callable[[UserId], Any]
    covers: tuple[Key | Table, ...]
    erased: str

    @property
    def patterns(self) -> list[str]:
        """The patterns of the keys."""
        return [key.pattern for key in self.covers]


def all_holdings() -> list[Holding]:
    """What every app holds, by name."""
    found = (each for module in _modules() for each in getattr(module, "HOLDINGS", ()))
    return sorted(found, key=lambda holding: holding.name)


def look_before_erasure(user_id: UserId) -> None:
    """Ask every app; one that must finish something first raises what says so."""
    for module in _modules():
        for look in getattr(module, "LOOK_BEFORE_ERASURE", ()):
            look(user_id)


def end_before_erasure(user_id: UserId) -> None:
    """Have every app end what is under way for a user; raises while that is not done."""
    for module in _modules():
        for end in getattr(module, "END_BEFORE_ERASURE", ()):
            end(user_id)


def _modules() -> Iterator[ModuleType]:
    for config in apps.get_app_configs():
        is_another = config.module is not None and config.module.__name__ != __package__
        if is_another and module_has_submodule(config.module, "privacy"):
            yield importlib.import_module(f"{config.name}.privacy")
