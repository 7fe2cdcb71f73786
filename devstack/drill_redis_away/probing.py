"""Asking each proxy, as each user, to be let in; and a tunnel that is held open all the time."""

import socket
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from devstack.drill_redis_away.ground import Proxy
from devstack.drill_redis_away.people import DEVICE, Kind, Person

_AT_ONCE: Final = 8
_ANSWER_SECONDS: Final = 10


@dataclass(slots=True)
class Tally:
    """What was asked and let in, by proxy and kind of user; and what must not be."""

    asked: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    let_in: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    refused_though_right: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    within_lag: int = 0
    past_lag: int = 0

    def share(self, proxy: str, kind: Kind) -> float:
        """Which share of those who asked was let in, in percent."""
        asked = self.asked[proxy, kind]
        return 100 * self.let_in[proxy, kind] / asked if asked else 100.0


def is_let_in(proxy: Proxy, person: Person) -> bool:
    """Whether a proxy answers this user's ping as a proxy does."""
    its_pass = person.passes.get(proxy.record.name, "")
    lines = [
        "GET http://x/ HTTP/1.1",
        "Host: x",
        "X-Lantern-Ping: 1",
        f"X-Lantern-Auth-Token: {proxy.record.auth_token}",
        f"X-Lantern-Pro-Token: {person.token}",
        f"X-Lantern-Device-Id: {DEVICE}",
        *([f"X-Lantern-Pro-Pass: {its_pass}"] if its_pass else []),
    ]
    address = ("127.0.0.1", proxy.port)
    with socket.create_connection(address, timeout=_ANSWER_SECONDS) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return answer.startswith(b"HTTP/1.1 200") and b"It works" not in answer


def ask_all(proxies: Iterable[Proxy], people: Iterable[Person], tally: Tally, lag_ms: int) -> None:
    """Let everybody ask every proxy once, and count."""
    from lantern_pro import clock

    now = clock.now()
    pairs = [(proxy, person) for proxy in proxies for person in people]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(lambda pair: is_let_in(*pair), pairs))
    for (proxy, person), let_in in zip(pairs, answers, strict=True):
        has_right = person.lost_at is None or now < person.lost_at
        where = (proxy.name, person.kind)
        tally.asked[where] += 1
        tally.let_in[where] += let_in
        if has_right and not let_in:
            tally.refused_though_right[where] += 1
        if not has_right and let_in:
            is_past = person.lost_at is not None and now > person.lost_at + lag_ms
            tally.past_lag += is_past
            tally.within_lag += not is_past


@contextmanager
def echo() -> Iterator[str]:
    """An origin that sends back what it gets; its address."""
    server = socket.create_server(("127.0.0.1", 0))

    def carry(one: socket.socket) -> None:
        with one:
            while data := one.recv(4096):
                one.sendall(data)

    def serve() -> None:
        while True:
            try:
                one, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=carry, args=(one,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.close()


class Tunnel:
    """A connection through a proxy that stays open: what a user has under way."""

    def __init__(self, proxy: Proxy, person: Person, target: str) -> None:
        """Open it."""
        self._connection = socket.create_connection(("127.0.0.1", proxy.port), timeout=10)
        head = (
            f"CONNECT {target} HTTP/1.1\r\nX-Lantern-Auth-Token: {proxy.record.auth_token}\r\n"
            f"X-Lantern-Pro-Token: {person.token}\r\nX-Lantern-Device-Id: {DEVICE}\r\n\r\n"
        )
        self._connection.sendall(head.encode())
        answer = self._connection.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200"):
            message = f"the tunnel was refused: {answer[:40]!r}"
            raise RuntimeError(message)

    def carries(self) -> bool:
        """Whether what is sent comes back."""
        try:
            self._connection.sendall(b"still there?")
            return self._connection.recv(4096) == b"still there?"
        except OSError:
            return False

    def close(self) -> None:
        """End it."""
        self._connection.close()
