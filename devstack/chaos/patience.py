"""Looking at the store, and doing what operators do, while a fault may have taken Redis away."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from redis.exceptions import RedisError

T = TypeVar("T")

_PATIENCE_SECONDS: Final = 90.0
_PAUSE_SECONDS: Final = 0.1


async def patiently(do: Callable[..., T], *given: Any, **named: Any) -> T:
    """Do it in a thread, and again while Redis is away or loads its data: it may be done twice."""
    began = time.monotonic()
    while True:
        try:
            return await asyncio.to_thread(do, *given, **named)
        except (RedisError, OSError):
            if time.monotonic() - began > _PATIENCE_SECONDS:
                raise
        await asyncio.sleep(_PAUSE_SECONDS)
