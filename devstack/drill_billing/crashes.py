"""Processes that end amid their work: before or after one of their scripts on Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random  # noqa: TID251 - harmless: the same again by a seed
from typing import Any, Final

import redis
from django.conf import settings

from lantern_pro.store.client import raw_client, using

LATEST: Final = 12
"""At which script, at the latest, a worker ends that is to end."""
LATEST_OF_CALL: Final = 6
"""The same for a process that answers a client."""


class Crash(BaseException):
    """The process is gone; nothing of it goes on."""


class CrashingRedis(redis.Redis):
    """A client whose process ends at one of its next scripts, before it is run or after."""

    left: int = 0
    after: bool = False

    def evalsha(self, *arguments: Any, **named: Any) -> Any:
        """Run a script, or end."""
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Crash
        answer = super().evalsha(*arguments, **named)
        if self.left == 0:
            raise Crash
        return answer


@contextmanager
def crashing(luck: Random, *, latest: int = LATEST) -> Iterator[None]:
    """Let the process end amid the block, perhaps: it may have done before."""
    text: Any = CrashingRedis.from_url(settings.REDIS_URL, decode_responses=True, protocol=2)
    text.left, text.after = luck.randint(1, latest), luck.choice((False, True))
    try:
        with using(text=text, raw=raw_client()):
            yield
    finally:
        text.close()
