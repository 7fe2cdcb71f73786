"""Buyers: they pay and go through, add and remove a device, reset their token and are refused."""

import http.client
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from devstack.bench_admission.ground import Ground
from devstack.demo.story import PAYS, PLAN
from devstack.demo.wire import App, card_token, watch_nothing
from devstack.reference_proxy.knowledge import Shown
from devstack.reports.progress import Progress
from devstack.stack.place import HOST

PAUSE_SECONDS: Final = 0.02
"""Between two looks at the proxy: so much a span may be told too long."""
_PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Bought:
    """When a buyer was first let in, and first refused by the token that was stolen (ms).

    And when their second device was: after it joined, and after it was removed.
    """

    user_id: int
    admission: str
    second: str
    let_in_at: float
    joined_at: float
    removed_at: float
    refused_at: float


def buy_and_lose(on: Ground, number: int) -> Bought:
    """One buyer, from the first opening of the app to a stolen token."""
    place = on.place
    app = App(place.url(place.pro), place.url(place.config), f"bench-admission-{number}")
    app.sign_up()
    card = card_token(place.url(place.stripe), PAYS, on.publishable_key, watch_nothing)
    told = app.post(
        "/purchase",
        provider="stripe",
        plan=PLAN,
        currency="usd",
        email=f"bench-{number}@example.org",
        stripeToken=card,
        idempotencyKey=f"bench-{number}",
        timeout=10,
    )
    _must(told, "purchase")
    let_in_at = _wait(lambda: _is_let_in(on, app), "admission")
    second = replace(app, device_id=f"{app.device_id}-second")
    _must(second.post("/device-add", deviceName="second"), "joining")
    joined_at = _wait(lambda: _is_let_in(on, second), "second admission")
    _must(app.post("/user-link-remove", deviceID=second.device_id), "removal")
    removed_at = _wait(lambda: not _is_let_in(on, second), "refusal of a removed device")
    reset = app.post("/token-reset", stolen="true", idempotencyKey=f"bench-{number}-reset")
    _must(reset, "reset")
    refused_at = _wait(lambda: not _is_let_in(on, app), "refusal")
    first, other = (
        Shown(pro_token=app.token, device_id=each.device_id).admission for each in (app, second)
    )
    return Bought(app.user_id, first, other, let_in_at, joined_at, removed_at, refused_at)


def _must(told: Mapping[str, object], what: str) -> None:
    if told["status"] != "ok":
        message = f"the {what} failed: {told}"
        raise RuntimeError(message)


def all_buyers(on: Ground, *, purchases: int, at_once: int) -> list[Bought]:
    """Let so many buy, some of them at a time, each after another without a pause."""
    bought: list[Bought] = []
    numbers, lock = iter(range(purchases)), threading.Lock()
    failures: list[BaseException] = []

    def buyer(progress: Progress) -> None:
        while not failures:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                one = buy_and_lose(on, number)
            except BaseException as error:  # noqa: BLE001 - told when all have ended
                failures.append(error)
                return
            with lock:
                bought.append(one)
                progress.step()

    with Progress("purchases", purchases) as progress:
        threads = [threading.Thread(target=buyer, args=(progress,)) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]
    return bought


def _is_let_in(on: Ground, app: App) -> bool:
    """Whether the proxy answers a ping with the token that the app has stored."""
    connection = http.client.HTTPConnection(HOST, on.place.proxy, timeout=10)
    headers = {
        "X-Lantern-Ping": "1",
        "X-Lantern-Auth-Token": on.auth_token,
        "X-Lantern-Pro-Token": app.token,
        "X-Lantern-Device-Id": app.device_id,
    }
    try:
        connection.request("GET", "http://x/", headers=headers)
        answer = connection.getresponse()
        return answer.status == http.HTTPStatus.OK and b"It works" not in answer.read()
    finally:
        connection.close()


def _wait(look: Callable[[], bool], what: str) -> float:
    """Look until it is so; the wall's time of the look that saw it, in ms."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not look():
        if time.monotonic() > deadline:
            message = f"no {what} within {_PATIENCE_SECONDS:.0f} s"
            raise RuntimeError(message)
        time.sleep(PAUSE_SECONDS)  # noqa: TID251 - the proxy tells nobody
    return time.time() * 1000
