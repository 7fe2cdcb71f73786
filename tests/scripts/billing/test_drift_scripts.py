"""The scripts of what does not agree with Stripe, an outcome each."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from billing.drift import Drift
from billing.managers import reconciliation as kept
from lantern_pro.types import Millis

NOW = Millis(1_764_000_000_000)
CHARGE = "ch_7"
FACT = "paid-twice|4800"
WHY = "a gift"


@pytest.fixture(autouse=True)
def _known(any_redis: redis.Redis) -> None:
    """A drift that is open."""
    del any_redis
    assert report()


def report(*, fact: str = FACT, at: int = 0, object_id: str = CHARGE) -> bool:
    """Report it, so many ms later."""
    return kept.report(
        object_id, kind="paid-twice", purchase="c0.1.x", fact=fact, now=Millis(NOW + at)
    )


def test_open_it_keeps_when_it_was_first_seen() -> None:
    report(at=5)

    [found] = kept.drift()
    assert (found.object_id, found.kind, found.purchase) == (CHARGE, "paid-twice", "c0.1.x")
    assert (found.first, found.last) == (NOW, NOW + 5)


def test_dismissed_it_is_out_of_sight_and_stays_so_while_nothing_changes(db: None) -> None:
    assert kept.dismiss(CHARGE, fact=FACT, reason=WHY) == "dismissed"

    assert not report(at=5)
    assert kept.drift() == []
    [found] = kept.dismissed()
    assert (found.reason, found.last) == (WHY, NOW + 5)
    assert [each.at_stripe for each in Drift.objects.filter(state="dismissed")] == [CHARGE]
    assert Drift.objects.filter(state="open").count() == 0


def test_open_again_once_the_fact_is_another(db: None) -> None:
    kept.dismiss(CHARGE, fact=FACT, reason=WHY)

    assert report(fact="paid-twice|2400")

    assert kept.dismissed() == []
    [found] = Drift.objects.filter(state="open")
    assert not found.reason


def test_dismissed_before_the_first_reason_stays() -> None:
    kept.dismiss(CHARGE, fact=FACT, reason=WHY)

    assert kept.dismiss(CHARGE, fact=FACT, reason="another") == "dismissed_before"
    assert kept.dismissed()[0].reason == WHY


def test_changed_what_is_another_fact_than_was_shown_is_not_dismissed() -> None:
    assert kept.dismiss(CHARGE, fact="paid-twice|1", reason=WHY) == "changed"
    assert len(kept.drift()) == 1


def test_agrees_what_is_gone_is_not_dismissed() -> None:
    assert kept.dismiss("ch_8", fact=FACT, reason=WHY) == "agrees"
    assert kept.dismissed() == []


def test_forgotten_it_is_gone_dismissed_or_not(db: None) -> None:
    report(object_id="ch_8")
    kept.dismiss(CHARGE, fact=FACT, reason=WHY)

    assert kept.agree(CHARGE, "ch_8") == 2

    assert Drift.objects.count() == 0
    assert report(at=9)
    assert kept.drift()[0].first == NOW + 9


def test_unknown_what_agreed_before_is_no_news() -> None:
    assert kept.agree("ch_8") == 0
    assert kept.agree() == 0
    assert len(kept.drift()) == 1


def test_who_was_looked_at_least_recently_comes_first() -> None:
    report(object_id="ch_8", at=1)
    report(object_id="ch_9", at=2)
    report(at=3)

    due = kept.least_looked_at(before=Millis(NOW + 3), most=5)

    assert [each.object_id for each in due] == ["ch_8", "ch_9"]
    assert len(kept.least_looked_at(before=Millis(NOW + 9), most=2)) == 2


def test_of_many_who_dismiss_at_once_one_does() -> None:
    def once(number: int) -> str:
        return kept.dismiss(CHARGE, fact=FACT, reason=str(number))

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(once, range(20)))

    assert outcomes.count("dismissed") == 1
    assert set(outcomes) == {"dismissed", "dismissed_before"}
