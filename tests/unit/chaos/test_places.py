"""Where each step is struck: in the play that knows what it is about, whatever the clock stages."""

from devstack.chaos.rounds.repertoire import places_of
from devstack.chaos.wire.step import Step

LIST = Step("worker-1", "stripe", "GET /v1/refunds")
READ = Step("worker-1", "store", "HGETALL")
COMMIT = Step("worker-1", "store", "jobs/complete_jobs", "reconcile", "c0.reconcile.x")
SEEN = {step.name: step for step in (LIST, READ, COMMIT)}
CALM = {name: [""] for name in SEEN}
ACTS = {name: ["", "refund"] for name in SEEN}


def test_a_step_is_struck_where_its_kind_is_brought_or_its_act_has_a_name() -> None:
    plays = ("purchase", "return", "found")

    places = places_of(
        dict.fromkeys(plays, SEEN), dict(zip(plays, (CALM, ACTS, ACTS), strict=True))
    )

    assert places == {LIST.name: "return", READ.name: "purchase", COMMIT.name: "found"}
