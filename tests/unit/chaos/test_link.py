"""What each way of breaking a link leaves of a call, at both ends."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from devstack.chaos.wire.frames import redis_ending
from devstack.chaos.wire.link import Break, Link, Part, Passage, Route
from devstack.chaos.wire.step import RedisSteps, Step

ASKED = b"*1\r\n$4\r\nINCR\r\n"
ANSWER = b"$10\r\n0123456789\r\n"


@dataclass
class Blow:
    """A strike that a test makes."""

    passage: Passage | Exception = field(default_factory=Passage)
    answer: bytes | Exception | None = None

    async def before(self, _request: bytes) -> Passage:
        """Do what the test wants before."""
        if isinstance(self.passage, Exception):
            raise self.passage
        return self.passage

    async def after(self, answer: bytes) -> bytes:
        """Do what the test wants after."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return answer if self.answer is None else self.answer


@dataclass
class Bench:
    """A far side that counts, a link to it, and a client."""

    strike: Blow | None
    arrived: int = 0
    seen: list[str] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    strikes: list[Blow | None] = field(default_factory=list)

    def consider(self, step: Step) -> Blow | None:
        """Strike every step, or each by its own."""
        self.seen.append(step.name)
        self.came.set()
        return self.strikes.pop(0) if self.strikes else self.strike

    def asked(self, step: Step, request: bytes) -> object:
        """Note nothing."""

    def answered(self, step: Step, note: object, answer: bytes) -> None:
        """Note nothing."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer each command."""
        while await reader.read(len(ASKED)):
            self.arrived += 1
            writer.write(ANSWER)
        writer.close()
        self.ended.set()

    async def calls(self, use: Callable[[Link, int], Awaitable[bytes]]) -> bytes:
        """Let the test call through the link."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        far = server.sockets[0].getsockname()[1]
        link = Link(Route("worker-1", "store", far, RedisSteps({}), redis_ending), self)
        port = await link.start()
        try:
            return await use(link, port)
        finally:
            await link.stop()
            server.close()


async def one_call(_link: Link, port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(ASKED)
    try:
        return await asyncio.wait_for(reader.read(100), 5)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def call(strike: Blow | None) -> tuple[bytes, int]:
    bench = Bench(strike)
    heard = asyncio.run(bench.calls(one_call))
    assert bench.seen == ["worker:INCR"]
    return heard, bench.arrived


def test_an_unbroken_link_carries_a_call_and_its_answer() -> None:
    assert call(None) == (ANSWER, 1)


def test_a_lost_request_never_arrives() -> None:
    assert call(Blow(passage=Break())) == (b"", 0)


def test_a_lost_reply_leaves_the_work_done() -> None:
    assert call(Blow(answer=Break())) == (b"", 1)


def test_a_torn_reply_arrives_in_part() -> None:
    assert call(Blow(answer=Part(ANSWER[:7]))) == (ANSWER[:7], 1)


def test_a_doubled_request_is_done_twice_and_answered_once() -> None:
    assert call(Blow(passage=Passage(times=2))) == (ANSWER, 2)


def test_an_answer_can_be_given_without_the_far_side() -> None:
    assert call(Blow(passage=Passage(answer=b":1\r\n"))) == (b":1\r\n", 0)


def test_what_is_held_arrives_when_it_is_released() -> None:
    bench = Bench(None)

    async def use(link: Link, port: int) -> bytes:
        link.hold()
        asking = asyncio.create_task(one_call(link, port))
        await bench.came.wait()
        before = bench.arrived
        link.release()
        answer = await asking
        return answer if before == 0 else b"it went through"

    assert asyncio.run(bench.calls(use)) == ANSWER
    assert bench.arrived == 1


def test_what_was_asked_before_a_lost_request_arrives() -> None:
    bench = Bench(None)
    lost = Blow(passage=Break())

    async def use(link: Link, port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        bench.strikes = [None, None, lost]
        writer.write(ASKED * 3)
        heard = await asyncio.wait_for(reader.read(), 5)
        await asyncio.wait_for(bench.ended.wait(), 5)
        writer.close()
        return heard

    asyncio.run(bench.calls(use))

    assert (bench.seen, bench.arrived) == (["worker:INCR"] * 3, 2)


def test_the_answers_before_one_that_is_torn_arrive_whole() -> None:
    bench = Bench(None)
    torn = Blow(answer=Part(ANSWER[:7]))

    async def use(link: Link, port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        bench.strikes = [None, None, torn]
        writer.write(ASKED * 3)
        heard = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return heard

    assert asyncio.run(bench.calls(use)) == ANSWER * 2 + ANSWER[:7]
