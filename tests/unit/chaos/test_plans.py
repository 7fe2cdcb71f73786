"""Plans strike where they are aimed, and draw the same from the same seed."""

from dataclasses import replace

import pytest

from devstack.chaos.faults.kinds import ALL, KINDS, at_each_step
from devstack.chaos.faults.plans import Aim, NoFaults, OneFault, RandomFaults
from devstack.chaos.wire.step import Step

COMMIT = Step("worker-1", "store", "billing/record_receipt", "send_receipt", "c0.send_receipt.x")
READ = Step("worker-1", "store", "HGETALL")
MAIL = Step("worker-1", "mandrill", "POST /messages/send", "send_receipt")
BELL = Step("pro-server", "bell", "LPUSH")


def drawn(seed: str, steps: list[Step]) -> list[str]:
    plan = RandomFaults(seed, share=0.5, most=1_000, kinds=KINDS)
    found = [plan.draw(step) for step in steps]
    return [each.kind.name if each else "" for each in found]


def test_the_same_seed_strikes_the_same_however_the_steps_interleave() -> None:
    apart = drawn("7", [COMMIT] * 50 + [READ] * 50)
    mixed = drawn("7", [COMMIT, READ] * 50)

    assert apart[:50] == mixed[::2]
    assert apart[50:] == mixed[1::2]
    assert apart[:50] != drawn("8", [COMMIT] * 50)


def test_a_plan_strikes_no_more_than_it_was_told_to() -> None:
    plan = RandomFaults("7", share=1.0, most=3, kinds=KINDS)

    struck = [plan.draw(READ) is not None for _ in range(50)]

    assert struck.count(True) == 3
    assert plan.left == 0


def test_an_aim_can_be_written_down_and_read_again() -> None:
    aim = Aim("worker:billing/record_receipt@send_receipt", 2, "reply lost")

    assert Aim.read(str(aim)) == aim
    with pytest.raises(ValueError, match="no fault 'meteor'"):
        Aim.read("worker:GET|1|meteor")


def test_an_aim_at_an_act_can_be_written_down_and_read_again() -> None:
    aim = Aim("worker:billing/record_receipt@send_receipt", 2, "reply lost", "renewal")

    assert str(aim) == "worker:billing/record_receipt@send_receipt|renewal.2|reply lost"
    assert Aim.read(str(aim)) == aim


def test_a_fault_that_is_aimed_at_an_act_waits_for_it() -> None:
    plan = OneFault(Aim(COMMIT.name, 2, "reply lost", "renewal"), seed=1)

    acts = ["", "", "renewal", "", "renewal", "renewal"]
    struck = [plan.draw(COMMIT, act) is not None for act in acts]

    assert struck == [False, False, False, False, True, False]


def test_who_overtakes_a_worker_may_do_so_in_a_later_act() -> None:
    plan = OneFault(Aim(COMMIT.name, 1, "overtaken", "renewal"), seed=1)
    elsewhere = replace(COMMIT, actor="worker-2")

    assert plan.draw(COMMIT, "renewal") is not None
    assert plan.draw(elsewhere, "end") is not None


def test_a_rehearsal_notes_in_which_acts_a_step_came() -> None:
    plan = NoFaults()
    for step, act in ((COMMIT, ""), (COMMIT, "renewal"), (READ, "renewal"), (COMMIT, "renewal")):
        plan.draw(step, act)

    assert plan.acts == {COMMIT.name: ["", "renewal"], READ.name: ["renewal"]}


def test_one_fault_strikes_its_step_once_and_at_its_time() -> None:
    plan = OneFault(Aim(COMMIT.name, 2, "reply lost"), seed=1)

    struck = [plan.draw(step) is not None for step in (COMMIT, READ, COMMIT, COMMIT)]

    assert struck == [False, False, True, False]


def test_who_overtakes_a_worker_is_another_with_the_same_job() -> None:
    plan = OneFault(Aim(COMMIT.name, 1, "overtaken"), seed=1)
    elsewhere, other = replace(COMMIT, actor="worker-2"), replace(COMMIT, job_id="c0.another")

    struck = [plan.draw(step) is not None for step in (COMMIT, COMMIT, other, elsewhere, elsewhere)]

    assert struck == [True, False, False, True, False]


def test_every_kind_of_fault_strikes_somewhere_in_the_systematic_pass() -> None:
    webhook = Step("stripe", "pro-server", "POST /webhooks/stripe")
    pay = Step("pro-server", "stripe", "POST /v1/payment_intents")

    steps = [COMMIT, READ, MAIL, BELL, webhook, pay]

    assert {kind for step in steps for kind in at_each_step(step)} == set(KINDS)


def test_a_renewal_is_aimed_at_where_a_phase_makes_it_certain() -> None:
    certain = replace(COMMIT, label="jobs/renew_leases")
    by_chance = replace(certain, kind="assign_proxies", job_id="c0.assign_proxies.x")

    assert [bool(at_each_step(step)) for step in (certain, by_chance)] == [True, False]


def test_a_plain_read_is_struck_by_cheap_faults_only() -> None:
    assert {kind.name for kind in at_each_step(READ)} == {
        "request lost",
        "reply lost",
        "reply torn",
    }


def test_every_kind_has_a_moment_and_a_name_of_its_own() -> None:
    assert all(kind.before or kind.after for kind in ALL.values())
    assert len(ALL) >= len(KINDS)
