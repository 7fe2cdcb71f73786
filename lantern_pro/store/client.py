"""The connections to Redis; nothing else in the project opens one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeAlias

import redis
from django.conf import settings
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

TextClient: TypeAlias = Any
"""A ``redis.Redis`` whose answers are text.

``Any``, because redis-py types every answer as ``bytes | str`` whichever was asked for: what a
manager returns is typed, and tests on a real server hold it to that.
"""

ANSWER_SECONDS = 5.0
"""How long Redis may take for one answer. It takes a millisecond: one that hangs is given up."""

_substitute: dict[bool, redis.Redis] = {}
_making = threading.Lock()


@cache
def _connect(*, decode: bool) -> redis.Redis:
    """Open a pool. A read or an idempotent script may be repeated, so a lost link is retried.

    An answer that does not come is not waited for again: whoever asked would wait as many times
    as long, and hold a thread meanwhile.
    """
    return _open(settings.REDIS_URL, decode=decode)


@cache
def _elsewhere(url: str) -> redis.Redis:
    with _making:
        return _open(url, decode=True)


def _open(url: str, *, decode: bool) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        decode_responses=decode,
        protocol=2,
        socket_connect_timeout=2,
        socket_timeout=ANSWER_SECONDS,
        health_check_interval=15,
        retry=Retry(
            ExponentialBackoff(cap=1, base=0.02),
            retries=6,
            supported_errors=(RedisConnectionError,),
        ),
    )


def _shared(*, decode: bool) -> redis.Redis:
    """The client of all threads, also when they ask for the first time at once.

    The cache alone would make two then, and the one that nobody keeps would close its pool when
    it is let go, with commands on their way.
    """
    with _making:
        return _connect(decode=decode)


def text_client() -> TextClient:
    """The store's connection: answers come as ``str``."""
    return _substitute.get(True) or _shared(decode=True)


def client_at(url: str) -> TextClient:
    """A client of another Redis, or ``text_client`` if it is the store's own; answers are text."""
    return text_client() if url == settings.REDIS_URL else _elsewhere(url)


def raw_client() -> redis.Redis:
    """The same Redis, for values that are not text (configuration bodies): answers are bytes."""
    return _substitute.get(False) or _shared(decode=False)


def quick_client() -> redis.Redis:
    """As ``raw_client``, for whoever can do without an answer: it fails soon, and once."""
    return _substitute.get(False) or _shared_quick()


def _shared_quick() -> redis.Redis:
    with _making:
        return _connect_quickly()


@cache
def _connect_quickly() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        protocol=2,
        socket_connect_timeout=0.5,
        socket_timeout=0.5,
        health_check_interval=15,
        retry=Retry(NoBackoff(), retries=1),
    )


def bare_connection() -> Any:
    """Open a connection that belongs to the caller alone, to listen on; it fails fast.

    A ``redis.connection.Connection``, whose methods redis-py leaves untyped.
    """
    pool = redis.ConnectionPool.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        protocol=2,
        socket_connect_timeout=1,
        socket_timeout=0.5,
        retry=Retry(NoBackoff(), retries=0),
    )
    connection: Any = pool.make_connection()
    connection.connect()
    return connection


@contextmanager
def using(*, text: redis.Redis, raw: redis.Redis) -> Iterator[None]:
    """Let the store speak to another server meanwhile (unit tests on fakeredis)."""
    _substitute.update({True: text, False: raw})
    try:
        yield
    finally:
        _substitute.clear()
