"""How a stack begins and ends, and what it says when it cannot begin."""

import os
import signal
import socket
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from devstack.demo.story import until
from devstack.stack.place import ROOT
from tests.stack.running import RunningStack, new_place, running, started


def test_what_a_killed_supervisor_leaves_is_a_folder_to_go_on_with(tmp_path: Path) -> None:
    place = new_place(tmp_path)
    with running(place, LANTERN_DEMO_DATA="no") as first:
        app = first.app("my-phone")
        app.sign_up()
        first.manage("seed_demo", "--only", "plans")
        first.process.kill()
        until("the end of every process", lambda: not first.processes())

    with running(place, LANTERN_DEMO_DATA="no") as second:
        told = app.get("/user-data")
        plans = app.get("/plans")["plans"]
        status = second.stop()

    assert (told["status"], told["userId"]) == ("ok", app.user_id)
    assert plans
    assert status == 0
    assert second.processes() == {}
    assert second.lines()[-2:] == ["stopped", "(end)"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_start_that_is_interrupted_leaves_nothing_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    with started(new_place(tmp_path)) as stack:
        until("Redis", lambda: any("redis-server" in each for each in stack.processes().values()))

        status = stack.stop(number)

    assert status == 0
    assert stack.processes() == {}


def test_a_port_in_use_is_named_with_its_variable(tmp_path: Path) -> None:
    place = new_place(tmp_path)
    with socket.create_server(("127.0.0.1", place.stripe)), started(place) as stack:
        line = stack.wait_for("Port")
        status = stack.process.wait(timeout=30)

    assert status == 1
    assert str(place.stripe) in line
    assert "LANTERN_STRIPE_PORT" in line


def test_a_demo_without_a_stack_names_the_ports_that_it_tried(tmp_path: Path) -> None:
    place = new_place(tmp_path)
    ports = {name: str(port) for name, port in place.ports.items()}

    played = subprocess.run(
        [sys.executable, "-m", "devstack.demo"],
        cwd=ROOT,
        env={**os.environ, **ports, "LANTERN_DATA_DIR": str(place.folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert played.returncode == 1
    assert f"LANTERN_PORT={place.pro} " in played.stderr
    assert "Traceback" not in played.stderr


def test_two_parts_cannot_share_a_port(tmp_path: Path) -> None:
    place = new_place(tmp_path)

    with started(replace(place, config=place.pro)) as stack:
        line = stack.wait_for("LANTERN_PORT and LANTERN_CONFIG_PORT are both")
        status = stack.process.wait(timeout=30)

    assert status == 1
    assert str(place.pro) in line


def test_a_second_stack_in_the_same_folder_is_refused(stack: RunningStack, tmp_path: Path) -> None:
    elsewhere = replace(new_place(tmp_path), folder=stack.place.folder)

    with started(elsewhere) as second:
        line = second.wait_for("Another stack runs in")
        status = second.process.wait(timeout=30)

    assert "LANTERN_DATA_DIR" in line
    assert status == 1
    assert stack.process.poll() is None


def test_only_its_owner_can_read_the_secrets(stack: RunningStack) -> None:
    folder = stack.place.folder

    modes = {
        name: stat.S_IMODE((folder / name).stat().st_mode)
        for name in ("secrets.env", "redis/place", "redis/redis.conf")
    }

    assert set(modes.values()) == {0o600}


def test_the_screen_tells_the_way_and_the_demo_data_are_there(stack: RunningStack) -> None:
    screen = "\n".join(stack.lines())
    shown = stack.manage("show_user", "carla@example.org")

    assert f"http://127.0.0.1:{stack.place.pro}/admin/" in screen
    assert "login admin, password" in screen
    assert "active" in shown.stdout
