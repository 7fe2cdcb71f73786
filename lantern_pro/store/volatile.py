"""Keys that other libraries make on the same Redis: no truth, and free to vanish.

They carry no cell's tag and may live on another server (``LANTERN_VOLATILE_REDIS_URL``).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Volatile:
    """A family of foreign keys, by the beginning of their names."""

    prefix: str
    purpose: str
    ttl: str
    personal: bool = False


VOLATILE: Final = (
    Volatile("cache:", "django-redis: sessions of staff, short caches", "as set", personal=True),
    Volatile("_kombu.binding", "Celery's transport: which queue takes which message", "none"),
    Volatile("unacked", "Celery's transport: wake-ups under way", "none"),
    Volatile("celery", "Celery's queue of wake-ups, and its results", "none"),
    Volatile("_celery", "Celery's remote control", "none"),
)


def is_volatile(key: str) -> bool:
    """Whether a key belongs to one of these families."""
    return key.startswith(tuple(family.prefix for family in VOLATILE))
