"""Every kind of job is struck at each of its steps: some short play brings it about."""

from collections import Counter

from devstack.chaos.plays.programme import PIECES
from lantern_pro.flows import FLOWS
from lantern_pro.jobs.registry import known_kinds


def test_every_kind_of_job_is_brought_about_by_one_play() -> None:
    assert FLOWS  # whoever imports them has registered every kind
    told = Counter([kind for piece in PIECES.values() for kind in piece.brings])

    missing = [kind for kind in known_kinds() if kind not in told]
    assert missing == [], "docs/how-to/add-a-job.md, step 7"
    assert sorted(told) == known_kinds()
    assert [kind for kind, times in told.items() if times > 1] == []
