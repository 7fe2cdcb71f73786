"""The stand-ins as ``make run`` starts them: processes that are stopped, and killed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.standins.paying import purchase
from tests.standins.test_mandrill import message

pytestmark = pytest.mark.stack


@contextmanager
def process(name: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a stand-in, wait until it says that it is ready, and kill it if it is still there."""
    environment = {**os.environ, f"LANTERN_{name.upper()}_PORT": "0", "MANDRILL_API_KEY": ""}
    command = [sys.executable, "-m", f"devstack.{name}_standin", "--data", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        try:
            assert running.stdout
            ready = re.search(r"http://\S+", running.stdout.readline())
            assert ready
            yield running, ready[0]
        finally:
            running.kill()


def pay(url: str) -> requests.Response:
    """Pay, with the same key each time."""
    return requests.post(
        f"{url}/v1/payment_intents",
        data=purchase(),
        auth=("sk_test_x", ""),
        headers={"Idempotency-Key": "k1"},
        timeout=20,
    )


@pytest.mark.parametrize("name", ["stripe", "mandrill"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stand_in_ends_cleanly(tmp_path: Path, name: str, number: signal.Signals) -> None:
    with process(name, tmp_path) as (running, url):
        assert requests.get(f"{url}/healthz", timeout=20).json()["name"] == name

        running.send_signal(number)

        assert running.wait(timeout=40) == 0


def test_a_payment_and_its_key_survive_kill_9(tmp_path: Path) -> None:
    with process("stripe", tmp_path) as (running, url):
        first = pay(url)
        running.kill()
        running.wait(timeout=40)

    with process("stripe", tmp_path) as (_, url):
        again = pay(url)
        charges = requests.get(f"{url}/v1/charges", auth=("sk_test_x", ""), timeout=20)

    assert again.json() == first.json()
    assert len(charges.json()["data"]) == 1


def test_a_mail_survives_kill_9(tmp_path: Path) -> None:
    with process("mandrill", tmp_path) as (running, url):
        api = f"{url}/api/1.0/messages"
        requests.post(f"{api}/send.json", json={"key": "k", "message": message()}, timeout=20)
        running.kill()
        running.wait(timeout=40)

    with process("mandrill", tmp_path) as (_, url):
        api = f"{url}/api/1.0/messages"
        found = requests.post(
            f"{api}/search.json", json={"key": "k", "query": "u_job:j-1"}, timeout=20
        )

    assert [mail["email"] for mail in found.json()] == ["a@example.org"]


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    with process("mandrill", tmp_path / "first") as (_, url):
        port = url.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "devstack.mandrill_standin", "--port", port]

        second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)

    assert second.returncode == 1
    assert second.stderr.startswith("cannot start")
    assert second.stderr.count("\n") == 1
