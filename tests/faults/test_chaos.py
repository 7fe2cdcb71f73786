"""The ledger under fire, in short; and that the harness sees a ledger that is broken on purpose.

``make chaos`` is the long form: docs/faults.md.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devstack.chaos.__main__ import NOTHING_SHOWN
from devstack.stack.place import ROOT

pytestmark = [
    pytest.mark.stack,
    pytest.mark.timeout(280),
    pytest.mark.xdist_group("chaos"),
]

SEED = "11"
OVERTAKEN = "aim purchase worker:proxies/assign_proxies@assign_proxies|1|overtaken"
KILLED = "aim purchase worker:proxies/assign_proxies{kind}|1|killed before"
LEFT_AT_HOME = (".*", "var", "docs", "tests", "__pycache__", "node_modules")


def chaos(tree: Path, out: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Run the harness of a tree; its exit status, its report, and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "devstack.chaos", "--seed", SEED, "--out", str(out), *arguments],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    report = out / "report.json"
    assert report.exists(), done.stderr
    return done.returncode, json.loads(report.read_text()), done.stderr


@pytest.fixture
def broken_tree(tmp_path: Path) -> Path:
    """A copy of the code, to be broken."""
    return Path(
        shutil.copytree(ROOT, tmp_path / "tree", ignore=shutil.ignore_patterns(*LEFT_AT_HOME))
    )


def break_it(file: Path, right: str, wrong: str) -> None:
    text = file.read_text()
    assert right in text, f"{file} has changed: break it anew"
    file.write_text(text.replace(right, wrong, 1))


def test_faults_at_many_steps_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    status, report, said = chaos(ROOT, tmp_path, "--faults", "60")

    missed = [goal["name"] for goal in report["goals"] if not goal["met"]]
    assert (status, missed) == (0, []), said
    assert report["figures"]["faults"] >= 120
    assert report["figures"]["counted: effects"] > 100


def test_the_right_tree_passes_where_broken_ones_fail(tmp_path: Path) -> None:
    killed = KILLED.format(kind="@assign_proxies")

    status, report, said = chaos(ROOT, tmp_path, "--replay", OVERTAKEN, "--replay", killed)

    assert status == 0, said
    assert report["figures"]["faults"] == 2


def test_a_fault_that_never_strikes_is_not_told_as_a_success(tmp_path: Path) -> None:
    never = "aim purchase worker:proxies/no_such_script|1|killed before"

    status, report, said = chaos(ROOT, tmp_path, "--replay", never)

    assert status == NOTHING_SHOWN
    assert report["figures"]["faults"] == 0
    assert f"never struck, so this shows nothing: {never}" in said


def test_a_ledger_that_does_not_look_at_the_epoch_is_found_out(
    tmp_path: Path, broken_tree: Path
) -> None:
    break_it(
        broken_tree / "lantern_pro/jobs/lua/lib/refusal_of.lua",
        " or tonumber(epoch_now) ~= epoch",
        "",
    )

    status, report, said = chaos(broken_tree, tmp_path, "--replay", OVERTAKEN)

    assert (status, report["figures"]["faults"]) == (1, 1), said
    assert "was accepted with epoch 1" in said
    assert f'again: make chaos SEED={SEED} REPLAY="{OVERTAKEN}"' in said


def test_a_job_that_is_marked_done_before_its_effect_is_found_out(
    tmp_path: Path, broken_tree: Path
) -> None:
    effect = "    assignments.assign_proxies(arguments.user_id, leased.fence)\n"
    break_it(
        broken_tree / "proxies/jobs.py", effect, f"    ledger.complete(leased.fence)\n{effect}"
    )
    break_it(
        broken_tree / "proxies/services/assignments.py",
        "work=_work(user_id, fence),",
        "work=Work(cell_of(user_id), None, _work(user_id, fence).follow),",
    )

    status, report, said = chaos(broken_tree, tmp_path, "--replay", KILLED.format(kind=""))

    assert (status, report["figures"]["faults"]) == (1, 1), said
    assert "lost:" in said
