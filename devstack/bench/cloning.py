"""Filling a peer's queue far faster than the peer could: one real message, copied many times.

Only the ids differ, as in what the library itself would have written.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

AT_ONCE: Final = 2_000
_DIGITS: Final = 12


def clone_celery(client: Any, count: int) -> None:
    """Put so many copies of the only message of Celery's queue behind it."""
    (message,) = client.lrange("celery", 0, -1)
    told = json.loads(message)
    tag, job_id = told["properties"]["delivery_tag"].encode(), told["headers"]["id"].encode()
    for numbers in _batches(count):
        copies = [
            message.replace(tag, _numbered(tag, number)).replace(job_id, _numbered(job_id, number))
            for number in numbers
        ]
        client.execute_command("LPUSH", "celery", *copies)


def clone_dramatiq(client: Any, count: int) -> None:
    """Put so many copies of the only message of dramatiq's queue behind it."""
    queue, messages = "dramatiq:default", "dramatiq:default.msgs"
    ((key, message),) = client.hgetall(messages).items()
    job_id = json.loads(message)["message_id"].encode()
    for numbers in _batches(count):
        copies = {
            _numbered(key, number): message.replace(key, _numbered(key, number)).replace(
                job_id, _numbered(job_id, number)
            )
            for number in numbers
        }
        client.hset(messages, mapping=copies)
        client.execute_command("RPUSH", queue, *copies)


def _numbered(uuid: bytes, number: int) -> bytes:
    """Another id of the same form."""
    return uuid[:-_DIGITS] + b"%0*x" % (_DIGITS, number)


def _batches(count: int) -> Iterator[range]:
    return (range(start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE))
