"""A Redis that restarts, while proxies do too: http-proxy-archived #92.

In October 2016 a system update restarted Redis, and some Pro proxies restarted at about the same
time. They would not start without their list of users, and Redis answered that it was loading its
data, which took a while; so their users had no way through. Here proxies have what a real one has:
their own id, secret and user on Redis.
"""

import base64
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from devstack.redis_server import RedisPlace, free_port, running
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.types import ProxyId, UserId
from proxies import keys
from proxies.services.passes import public_keys
from tests import access, fleet
from tests.loading_redis import loading_redis
from tests.processes import eventually
from tests.through import Through, pass_of, running_proxy_at, shown, store_at

pytestmark = pytest.mark.stack


@dataclass(frozen=True, slots=True)
class Installed:
    """A proxy as an operator installs it, with two users: one old, one of whom it never heard."""

    place: RedisPlace
    proxy_id: ProxyId
    port: int
    environment: dict[str, str]
    known: UserId
    newcomer: UserId
    passes: dict[UserId, str]
    shown: dict[UserId, dict[str, str]]

    @contextmanager
    def running(self, *more: str) -> Iterator[Through]:
        """Run its process."""
        command = ("--proxy", str(self.proxy_id), "--beat-seconds", "0.2", *more)
        with running_proxy_at(self.port, *command, **self.environment) as (through, _):
            yield through

    def lets_in(self, through: Through, user_id: UserId, *, with_pass: bool = False) -> bool:
        """Whether this user is let in; nothing is asked of Redis for it."""
        told = dict(self.shown[user_id])
        if with_pass:
            told["X_Lantern_Pro_Pass"] = self.passes[user_id]
        _, answer = through.get("http://x/", X_Lantern_Ping="1", **told)
        return "It works" not in answer


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    """Redis is away when the test begins; its data is on disk, but not the proxies' users."""
    place, port = RedisPlace.in_folder(tmp_path / "redis"), free_port()
    state = tmp_path / "state.json"
    with running(place, fsync="always"), store_at(place):
        proxy_id = fleet.pro_proxy(addr=f"127.0.0.1:{port}")
        known, newcomer = fleet.pro_user(), fleet.pro_user()
        fleet.assigned(known)
        granted = json.loads(access.run(str(proxy_id), "--json"))
        environment = {
            "REDIS_URL": f"redis://{granted['user']}:{granted['password']}@127.0.0.1:{place.port}/0",
            "LANTERN_PROXY_SECRET": fleet.secret(proxy_id),
        }
        command = ("--proxy", str(proxy_id), "--state", str(state))
        with running_proxy_at(port, *command, **environment) as (through, process):
            eventually(lambda: through.admits(proxy_id, known))
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=40) == 0
        fleet.assigned(newcomer)
        users = (known, newcomer)
        return Installed(
            place=place,
            proxy_id=proxy_id,
            port=port,
            environment=environment,
            known=known,
            newcomer=newcomer,
            passes={each: pass_of(each, proxy_id) for each in users},
            shown={each: shown(proxy_id, each) for each in users},
        )


def test_http_proxy_archived_92_a_redis_restart_shuts_no_pro_user_out(
    installed: Installed, tmp_path: Path
) -> None:
    ring = ",".join(f"{kid}:{base64.b64encode(key).decode()}" for kid, key in public_keys().items())
    with loading_redis(installed.place.port) as redis:
        with installed.running("--state", str(tmp_path / "state.json")) as through:
            eventually(lambda: redis.asked > 3)
            with_memory = installed.lets_in(through, installed.known)
            unheard_of = installed.lets_in(through, installed.newcomer, with_pass=True)
            stranger = installed.lets_in(through, installed.newcomer)
        with installed.running("--pass-keys", ring) as through:
            without_memory = installed.lets_in(through, installed.known, with_pass=True)
            without_anything = installed.lets_in(through, installed.known)

    assert (with_memory, unheard_of, stranger) == (True, True, False)
    assert (without_memory, without_anything) == (True, False)


def test_when_redis_is_back_the_proxy_comes_to_know_what_is_so_now(
    installed: Installed, tmp_path: Path
) -> None:
    with installed.running("--state", str(tmp_path / "state.json")) as through:
        before = installed.lets_in(through, installed.known)
        with running(installed.place), store_at(installed.place):
            fleet.end_pro_time(installed.known)
            fleet.release(installed.known)
            stage_periodic_jobs()  # a worker gives the proxies their users back

            eventually(lambda: installed.lets_in(through, installed.newcomer))
            eventually(lambda: not installed.lets_in(through, installed.known, with_pass=True))
            beat = keys.HEARTBEAT(proxy_id=installed.proxy_id)
            eventually(lambda: store_has(installed.place, beat))

    assert before


def store_has(place: RedisPlace, name: str) -> bool:
    """Whether a key is there."""
    with store_at(place) as client:
        return bool(client.exists(name))


def test_what_is_kept_on_disk_is_for_its_owner_and_holds_no_secret(
    installed: Installed, tmp_path: Path
) -> None:
    file = tmp_path / "state.json"
    kept = file.read_text()

    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept)[str(installed.proxy_id)]["version"] == 1
    for secret in (*installed.shown[installed.known].values(), *installed.environment.values()):
        assert secret not in kept


@pytest.mark.parametrize("spoilt", ["{", "[]", '{"PROXY": {"version": "x"}}', '{"PROXY": []}'])
def test_a_state_that_is_spoilt_is_begun_anew(
    installed: Installed, tmp_path: Path, spoilt: str
) -> None:
    file = tmp_path / "state.json"
    file.write_text(spoilt.replace("PROXY", str(installed.proxy_id)))

    with installed.running("--state", str(file)) as through:
        assert not installed.lets_in(through, installed.known)
        with running(installed.place), store_at(installed.place):
            stage_periodic_jobs()
            eventually(lambda: installed.lets_in(through, installed.known))


def test_a_request_under_way_is_finished_when_the_proxy_is_asked_to_stop(
    installed: Installed, tmp_path: Path
) -> None:
    slow = socket.create_server(("127.0.0.1", 0))
    target = f"127.0.0.1:{slow.getsockname()[1]}"
    told = "\r\n".join(
        f"{name.replace('_', '-')}: {value}"
        for name, value in installed.shown[installed.known].items()
    )
    command = ("--proxy", str(installed.proxy_id), "--state", str(tmp_path / "state.json"))
    with (
        slow,
        running_proxy_at(installed.port, *command, **installed.environment) as (through, process),
        socket.create_connection(("127.0.0.1", through.port), timeout=40) as client,
    ):
        client.sendall(
            f"GET http://{target}/ HTTP/1.1\r\nHost: {target}\r\n{told}\r\n\r\n".encode()
        )
        origin, _ = slow.accept()
        process.send_signal(signal.SIGTERM)
        eventually(lambda: not _listens(through.port))
        origin.recv(65536)
        origin.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
        origin.close()
        answer = b"".join(iter(lambda: client.recv(65536), b""))

        assert process.wait(timeout=40) == 0
    assert answer.endswith(b"late")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
