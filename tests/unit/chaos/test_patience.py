"""The harness outlives a Redis that is away for a while."""

import asyncio

import pytest
from redis.exceptions import BusyLoadingError
from redis.exceptions import ConnectionError as Gone

from devstack.chaos.patience import patiently


@pytest.mark.parametrize("trouble", [BusyLoadingError, Gone])
def test_what_redis_does_not_answer_is_asked_again(trouble: type[Exception]) -> None:
    troubles = [trouble("away")]

    def look(what: str, *, where: str) -> str:
        if troubles:
            raise troubles.pop()
        return f"{what} {where}"

    assert asyncio.run(patiently(look, "found", where="there")) == "found there"


def test_what_is_wrong_otherwise_is_told_at_once() -> None:
    def look() -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - only its sort counts
        asyncio.run(patiently(look))
