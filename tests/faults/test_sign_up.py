"""Sign-ups whose answers are lost, to two servers: one account each, whatever is repeated."""

import random  # noqa: TID251 - where a line breaks is no secret
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import redis

from accounts.keys import UNCONFIRMED, USERS
from accounts.models import User
from lantern_pro.types import Cell, UserId
from tests.live import LiveApp, pro_server

pytestmark = pytest.mark.stack

PEOPLE = 100
TRIES = 6
CELL = Cell(0)


@pytest.fixture(scope="module")
def servers() -> Iterator[list[str]]:
    """Two pro-servers over one Redis."""
    with pro_server() as one, pro_server() as other:
        yield [one, other]


def send_and_hang_up(app: LiveApp) -> None:
    """Ask for an account, and be gone before the answer comes."""
    parts = urlsplit(app.url)
    lines = ["POST /user-create HTTP/1.1", f"Host: {parts.netloc}", "Content-Length: 0"]
    lines += [f"{name}: {value}" for name, value in app.headers().items()]
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=40) as wire:
        wire.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())


def sign_up_badly(servers: list[str], number: int, seed: int) -> LiveApp:
    """A client on a bad line: most answers are lost, and it asks whichever server is there."""
    luck = random.Random(f"{seed}.{number}")
    app = LiveApp("", device_id=f"device-{number}", address=f"198.51.100.{number}")
    for _ in range(luck.randrange(TRIES)):
        app.url = luck.choice(servers)
        send_and_hang_up(app)
    app.url = luck.choice(servers)
    return app.sign_up()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_client_ends_with_one_account_and_its_credentials(
    servers: list[str], real_redis: redis.Redis, seed: int
) -> None:
    with ThreadPoolExecutor(20) as threads:
        apps = list(threads.map(lambda n: sign_up_badly(servers, n, seed), range(PEOPLE)))
    again = [LiveApp(servers[0], app.device_id, address=app.address).sign_up() for app in apps]
    for app in apps:
        app.call("/user-confirm", {})

    assert [app.outcome for app in apps] == ["ok"] * PEOPLE
    assert [(app.user_id, app.token) for app in again] == [(app.user_id, app.token) for app in apps]
    assert real_redis.zcard(USERS.by("id", cell=CELL)) == PEOPLE
    assert real_redis.zcard(UNCONFIRMED(cell=CELL)) == 0


def test_a_hundred_equal_sign_ups_at_once_at_two_servers_are_one_account(
    servers: list[str], real_redis: redis.Redis
) -> None:
    def sign_up(number: int) -> LiveApp:
        return LiveApp(servers[number % 2], "device-1").sign_up()

    with ThreadPoolExecutor(50) as threads:
        apps = list(threads.map(sign_up, range(100)))

    assert len({(app.user_id, app.token) for app in apps}) == 1
    assert real_redis.zcard(USERS.by("id", cell=CELL)) == 1
    assert User.objects.get_credentials(UserId(apps[0].user_id)) is not None
