"""The proxy's connection to Redis: one that tells when it was made anew.

Behind a new connection there may be another history: a Redis that lost its last second, or a
replica that took over. So whoever follows a stream must know.
"""

from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

ANSWER_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 1.0


class Connection:
    """A client that makes no second try by itself, and counts how often it had to connect."""

    def __init__(self, url: str) -> None:
        """Connect with the first command; ``rediss://`` verifies the server's certificate."""
        self.made = 0
        self.client: Any = redis.Redis.from_url(
            url,
            decode_responses=True,
            protocol=2,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), retries=0),
            redis_connect_func=self._on_connect,
        )

    def _on_connect(self, connection: Any) -> None:
        connection.on_connect()
        self.made += 1

    def close(self) -> None:
        """Close what is open."""
        self.client.close()
