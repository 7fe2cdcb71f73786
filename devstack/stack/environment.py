"""What each process of a stack finds in its environment; operators' commands find the same."""

import os
from typing import Final

from devstack.redis_server import RedisPlace
from devstack.stack.own_secrets import own_secrets
from devstack.stack.place import HOST, StackPlace

_LOOPBACK: Final = f"{HOST},localhost"


def redis_of(place: StackPlace) -> RedisPlace | None:
    """The stack's own Redis; None when it uses another one, by ``REDIS_URL``."""
    return None if place.redis_url else RedisPlace.in_folder(place.folder / "redis")


def environment_of(place: StackPlace) -> dict[str, str]:
    """The whole environment, with this process's own variables for all that is not the stack's."""
    redis = redis_of(place)
    return {
        **os.environ,
        **own_secrets(place.folder),
        **{name: str(port) for name, port in place.ports.items()},
        "LANTERN_DEVELOPMENT": "yes",
        "LANTERN_DATA_DIR": str(place.folder),
        "LANTERN_STATIC_DIR": str(place.static),
        "REDIS_URL": redis.url if redis else place.redis_url,
        "STRIPE_API_BASE": place.url(place.stripe),
        "MANDRILL_API_BASE": f"{place.url(place.mandrill)}/api/1.0/",
        "MANDRILL_WEBHOOK_URL": place.mail_webhook,
        # Demos and drills on one machine call as often as they can, all from one address.
        "LANTERN_CALLS_PER_MINUTE": "1000000",
        # A proxy that this machine uses must not come between parts on loopback.
        "NO_PROXY": _LOOPBACK,
        "no_proxy": _LOOPBACK,
        "PYTHONUNBUFFERED": "1",
    }
