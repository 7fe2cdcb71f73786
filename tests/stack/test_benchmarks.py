"""The benchmarks of jobs, at their smallest: the ledger by itself, and the peers where they are."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from devstack.bench.contestants import ROOT
from devstack.bench.ground import ground
from devstack.bench.killed import CONTESTANTS
from devstack.bench.killing import Plan, run_and_kill
from devstack.bench.peers_environment import are_installed

LEDGER = next(each for each in CONTESTANTS if each.system.is_ours)
PEERS = [each for each in CONTESTANTS if not each.system.is_ours and each.variant == "default"]


def test_rates_are_measured_and_reported(tmp_path: Path) -> None:
    command = ["devstack.bench.jobs", "--ours", "--rounds", "1", "--jobs", "600", "--depth", "0"]

    done = subprocess.run(
        [sys.executable, "-m", *command, "--seed", "7", "--out", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    told = json.loads((tmp_path / "report.json").read_text())
    assert (done.returncode, told["command"]) == (0, "make bench-jobs SEED=7")
    assert "about 1 minutes" in done.stdout
    assert "rates [############################] 1/1" in done.stderr
    assert told["figures"]["run rate, the ledger"] > 100
    assert told["figures"]["enqueue rate 100 at once, the ledger"] > 100


def test_a_worker_of_the_ledger_is_killed_and_nothing_is_lost_or_doubled() -> None:
    contestant = replace(LEDGER, variables=(("LANTERN_JOB_LEASE_MS", "1000"),))
    plan = Plan(jobs=12, kills=[(5, 0.01)], patience=30)

    with ground() as on:
        outcome = run_and_kill(on, contestant, plan, effect="plain")

    assert (outcome.kills, outcome.lost, outcome.twice) == (1, 0, 0)
    assert outcome.recovery is not None


@pytest.mark.skipif(not are_installed(), reason="`make bench-jobs` brings the peers")
@pytest.mark.parametrize("contestant", PEERS, ids=lambda each: each.name)
def test_each_peer_runs_its_jobs(contestant: object) -> None:
    peer = next(each for each in PEERS if each == contestant)

    with ground() as on:
        outcome = run_and_kill(on, peer, Plan(jobs=3, kills=[], patience=20), effect="plain")

    assert (outcome.lost, outcome.twice, outcome.begun_again) == (0, 0, 0)
