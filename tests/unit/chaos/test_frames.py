"""Where messages end, and what the steps that they are are called."""

import hashlib

import pytest

from devstack.chaos.wire.frames import http_ending, redis_ending, whole, words
from devstack.chaos.wire.step import HttpSteps, RedisSteps, Step

COMMAND = b"*3\r\n$3\r\nSET\r\n$3\r\na\r\n\r\n$0\r\n\r\n"
SOURCE = b"return 1"
SHA = hashlib.sha1(SOURCE, usedforsecurity=False).hexdigest()


def command(*said: bytes) -> bytes:
    return b"*%d\r\n" % len(said) + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in said)


@pytest.mark.parametrize(
    "message",
    [
        COMMAND,
        b"+OK\r\n",
        b"-ERR no\r\n",
        b":7\r\n",
        b"$-1\r\n",
        b"*-1\r\n",
        b"*0\r\n",
        b"*2\r\n*2\r\n:1\r\n$1\r\nx\r\n+done\r\n",
        b"%1\r\n+key\r\n*1\r\n:1\r\n",
    ],
)
def test_a_message_of_redis_ends_where_it_ends_and_not_before(message: bytes) -> None:
    endings = [redis_ending(bytearray(message[:size]), 0) for size in range(len(message) + 1)]

    assert endings == [None] * len(message) + [len(message)]


def test_whole_messages_are_taken_and_the_rest_is_left() -> None:
    buffer = bytearray(COMMAND + COMMAND + COMMAND[:9])

    assert whole(buffer, redis_ending) == [COMMAND, COMMAND]
    assert bytes(buffer) == COMMAND[:9]


def test_an_http_message_ends_with_its_body() -> None:
    message = b"POST /x HTTP/1.1\r\nContent-Length: 4\r\nHost: a\r\n\r\nbody"

    endings = [http_ending(bytearray(message[:size]), 0) for size in range(len(message) + 1)]

    assert endings == [None] * len(message) + [len(message)]


def test_the_words_of_a_command_are_read_whatever_is_in_them() -> None:
    assert words(COMMAND) == [b"SET", b"a\r\n", b""]
    assert words(b"*3\r\n$4\r\ndone\r\n:12\r\n$-1\r\n") == [b"done", b"12", b""]


@pytest.mark.parametrize("call", [(b"EVALSHA", SHA.encode()), (b"EVAL", SOURCE)])
def test_a_script_is_known_by_its_name_and_its_job(call: tuple[bytes, bytes]) -> None:
    work = b'{"follow":[],"fence":{"id":"c0.send_receipt.c0.7.ab","epoch":3}}'

    step = RedisSteps({SHA: "billing/record_receipt"}).name(
        "worker-2", "store", command(*call, b"1", b"key", work)
    )

    assert step == Step(
        "worker-2", "store", "billing/record_receipt", "send_receipt", "c0.send_receipt.c0.7.ab"
    )
    assert step.name == "worker:billing/record_receipt@send_receipt"


def test_what_only_keeps_a_connection_is_no_step() -> None:
    assert RedisSteps({}).name("worker-1", "store", command(b"client", b"SETINFO")) is None


def test_a_call_to_a_vendor_is_known_without_its_ids() -> None:
    request = b"GET /v1/charges/ch_3SXbq2abc?expand=x HTTP/1.1\r\n\r\n"
    search = b'POST /search.json HTTP/1.1\r\n\r\n{"query": "u_job:\\"c1.send_receipt.x\\""}'

    assert _name(request) == "pro-server:GET /v1/charges/:id"
    assert _name(search) == "pro-server:POST /search.json@send_receipt"


def _name(request: bytes) -> str:
    step = HttpSteps().name("pro-server", "stripe", request)
    assert step
    return step.name
