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
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("chaos"),
]

SEED = "11"
LOOKED = "billing/record_subscription@look_at_subscription"
# One fault in each short play.
AIMS = (
    "aim purchase worker:referrals/credit_inviter@credit_inviter|1|reply lost",
    "aim offer worker:billing/decline_purchase@settle_purchase|1|killed after",
    "aim mail worker:accounts/record_mail@mail_address_code|1|request lost",
    "aim moving worker:proxies/note_moves@move_users_off|1|reply lost",
    "aim return worker:POST /v1/refunds|1|reply lost",
    f"aim subscription worker:{LOOKED}|dispute-lost.1|killed before",
    "aim found worker:GET /v1/charges|1|vendor fails before",
    "aim end-of-time worker:proxies/release_proxies@release_proxies|1|Redis killed after",
    "aim farewell worker:accounts/reap_user@reap_user|1|reply lost",
)
OVERTAKEN = "aim old-proxies worker:billing/record_receipt@send_receipt|1|overtaken"
KILLED = "aim code worker:proxies/assign_proxies{kind}|1|killed before"
MANY = "random 0 of 60"
NEVER = "aim old-proxies worker:proxies/no_such_script|1|killed before"
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
    killed = KILLED.format(kind="@assign_proxies")
    rounds = (MANY, *AIMS, OVERTAKEN, killed, NEVER)
    named = [word for name in rounds for word in ("--replay", name)]

    status, report, said = chaos(ROOT, tmp_path, *named)

    missed = [goal["name"] for goal in report["goals"] if not goal["met"]]
    goals = [goal["name"] for goal in report["goals"]]
    assert missed == [], said
    assert "kinds of job that no short play brings about" in goals
    assert report["figures"]["faults"] >= 60
    assert report["figures"]["counted: effects"] > 100
    # A fault that never strikes is not told as a success; of all others none is without its own.
    assert status == NOTHING_SHOWN
    assert said.count("never struck, so this shows nothing: ") == 1, said
    assert f"never struck, so this shows nothing: {NEVER}" in said


def test_a_broken_ledger_and_a_job_done_before_its_effect_are_found_out(
    tmp_path: Path, broken_tree: Path
) -> None:
    """The ledger does not look at the epoch; and a job is marked done before its effect."""
    break_it(
        broken_tree / "lantern_pro/jobs/lua/lib/refusal_of.lua",
        " or tonumber(epoch_now) ~= epoch",
        "",
    )
    effect = "    assignments.assign_proxies(arguments.user_id, leased.fence)\n"
    break_it(
        broken_tree / "proxies/jobs.py", effect, f"    ledger.complete(leased.fence)\n{effect}"
    )
    break_it(
        broken_tree / "proxies/services/assignments.py",
        "work=_work(user_id, fence, makes_room=len(wish.own) > wish.wanted),",
        "work=Work(cell_of(user_id), None, _work(user_id, fence).follow),",
    )
    killed = KILLED.format(kind="")

    # Whether the overtaken worker comes in time is up to the machine: it has three tries.
    rounds = (OVERTAKEN, OVERTAKEN, OVERTAKEN, killed)
    named = [word for name in rounds for word in ("--replay", name)]

    status, report, said = chaos(broken_tree, tmp_path, *named)

    assert (status, report["figures"]["faults"]) == (1, 4), said
    found = {
        name: [line for line in said.splitlines() if line.startswith(f"{name}: ")]
        for name in (OVERTAKEN, killed)
    }
    assert any("was accepted with epoch 1" in line for line in found[OVERTAKEN]), said
    assert any("lost:" in line for line in found[killed]), said
    assert not any("was accepted with epoch" in line for line in found[killed]), said
    assert f'again: make chaos SEED={SEED} REPLAY="{OVERTAKEN}"' in said
