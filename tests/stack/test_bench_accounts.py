"""``make bench-accounts``, as short as it goes."""

import json
from pathlib import Path

import pytest

from devstack.bench_accounts.__main__ import main

pytestmark = pytest.mark.stack


def test_the_benchmark_tells_ratios_and_round_trips(tmp_path: Path) -> None:
    main(["--rounds", "1", "--calls", "16", "--seed", "7", "--out", str(tmp_path)])

    figures = json.loads((tmp_path / "report.json").read_text())["figures"]
    assert figures["round trips to Redis: empty view"] == 0
    assert figures["round trips to Redis: /user-create"] == 1
    assert figures["round trips to Redis: /user-data"] == 1
    assert 0 < figures["rate over the empty view's, 8 at once: /user-data"] < 1
    assert (tmp_path / "report.html").exists()
