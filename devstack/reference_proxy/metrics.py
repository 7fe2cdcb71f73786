"""What the proxy counts, for a collector on the same host: Prometheus's text form."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from devstack.reference_proxy.counters import Counters
from devstack.reference_proxy.knowledge import Knowledge

_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Answers every request with all figures."""

    def __init__(self, counters: Counters, known: Callable[[], Iterable[Knowledge]]) -> None:
        """Tell of these."""
        self._counters = counters
        self._known = known

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; what it asks for is all the same."""
        try:
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=5)
            body = "".join(f"{line}\n" for line in self.lines()).encode()
            head = (
                f"HTTP/1.1 200 OK\r\nContent-Type: {_TYPE}\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode() + body)
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked has gone
        finally:
            writer.close()

    def lines(self) -> Iterator[str]:
        """Every figure, under its type."""
        counted = self._counters
        yield from _family("connections", "gauge", {"": counted.open})
        yield from _family("requests_total", "counter", _labelled("outcome", counted.answered))
        yield from _family("bytes_total", "counter", _labelled("way", counted.passed))
        yield from _family("throttled_requests_total", "counter", {"": counted.throttled})
        known = list(self._known())
        for name, kind, figure in (
            ("version", "gauge", lambda each: each.version),
            ("admissions", "gauge", lambda each: len(each.admissions)),
            ("silence_seconds", "gauge", lambda each: min(each.silence(), 1e9)),
            ("snapshots_total", "counter", lambda each: each.snapshots),
            ("changes_total", "counter", lambda each: each.changes),
        ):
            figures = {f'{{proxy="{each.proxy_id}"}}': figure(each) for each in known}
            yield from _family(name, kind, figures)


def _labelled(label: str, counted: dict[str, int]) -> dict[str, float]:
    return {f'{{{label}="{name}"}}': count for name, count in sorted(counted.items())}


def _family(name: str, kind: str, figures: dict[str, float]) -> Iterator[str]:
    yield f"# TYPE lantern_proxy_{name} {kind}"
    yield from (f"lantern_proxy_{name}{labels} {value:g}" for labels, value in figures.items())
