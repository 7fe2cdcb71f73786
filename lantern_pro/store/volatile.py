"""Keys on the same Redis whose names are not ours to choose: no truth, and free to vanish.

They carry no cell's tag and may live on another server (``LANTERN_VOLATILE_REDIS_URL``,
``LANTERN_BRIDGE_2016_REDIS_URL``).
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
    Volatile("server->users:", "the bridge to proxies of 2016: ids of a server's users", "none"),
    Volatile(
        "server-msg:",
        "that bridge: what a server is told, a list",
        "a day after the server is disconnected",
    ),
    Volatile("server->mark:", "that bridge: how far a server's keys are in step", "none"),
    Volatile("user->token", "that bridge: Pro tokens in clear", "none", personal=True),
    Volatile("user->devices:", "that bridge: a user's devices", "none", personal=True),
)


def is_volatile(key: str) -> bool:
    """Whether a key belongs to one of these families."""
    return key.startswith(tuple(family.prefix for family in VOLATILE))
