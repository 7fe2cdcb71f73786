"""``make drill-redis-away`` and ``make bench-admission``, as short as they go."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devstack.stack.place import ROOT
from tests.stack.running import of_our_own

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


def _play(folder: Path, *command: str) -> tuple[int, dict[str, Any]]:
    """Run one as a process of its own, for it reads the settings anew."""
    done = subprocess.run(
        [sys.executable, "-m", *command, "--seed", "7", "--out", str(folder)],
        cwd=ROOT,
        env=of_our_own(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (folder / "report.html").exists(), done.stderr[-2000:]
    return done.returncode, json.loads((folder / "report.json").read_text())


def test_pro_users_go_on_while_redis_is_away_for_an_hour(tmp_path: Path) -> None:
    status, told = _play(tmp_path, "devstack.drill_redis_away", "--users", "12")

    assert [goal["name"] for goal in told["goals"] if not goal["met"]] == []
    assert status == 0
    assert told["figures"]["requests asked"] > 1000
    assert told["figures"]["let in within the stated lag after a right was lost"] > 0


def test_the_way_from_a_purchase_to_the_proxy_is_timed(tmp_path: Path) -> None:
    _, told = _play(tmp_path, "devstack.bench_admission", "--purchases", "2", "--at-once", "2")

    figures = told["figures"]
    assert figures["purchases"] == 2
    assert figures["from purchase committed to admitted, median"] > 0
    assert figures["from device joined to admitted, median"] > 0
    assert figures["from device removed to refused, median"] > 0
