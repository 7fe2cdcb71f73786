"""``make bench-assignment``, as short as it goes."""

import json
import subprocess
import sys
from pathlib import Path

from devstack.bench.contestants import ROOT


def test_fleets_of_three_sizes_are_measured_and_the_laws_hold(tmp_path: Path) -> None:
    command = ["devstack.bench_assignment", "--small", "--rounds", "1", "--users", "64"]

    done = subprocess.run(
        [sys.executable, "-m", *command, "--seed", "7", "--out", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "report.json").read_text())
    figures = told["figures"]
    assert told["command"] == "make bench-assignment SEED=7"
    assert "turns [############################] 4/4" in done.stderr
    assert figures["breaches of the laws in the samples"] == 0
    assert figures["users moved, 40 proxies, 200 users"] == 30
    assert figures["users who stayed, 40 proxies, 200 users"] == 0
    assert all(figures[name] > 0 for name in figures if name.startswith("assignments, "))
    assert (tmp_path / "report.html").exists()
