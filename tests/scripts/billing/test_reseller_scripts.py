"""The scripts of resellers' codes, an outcome each, and a thousand callers at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from accounts.services.referral_codes import ALPHABET
from billing.errors import NoSuchBatch, WrongResellerCode
from billing.models import ResellerBatch, ResellerCode
from billing.offer_jobs import GiveResellerTime
from billing.reseller_codes import LENGTH, code_id_of, in_groups, new_code
from billing.services.purchases import purchase_id_of
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.keys import DUE
from lantern_pro.store.keys import cell_of, new_id
from lantern_pro.types import Cell, Millis, UserId
from tests.people import HERE

NOW = Millis(1_764_000_000_000)
BATCH = "c0.batch"
SOMEBODY = UserId(new_id(HERE))


@pytest.fixture
def code(any_redis: redis.Redis) -> str:
    """The id of a code, of a batch of one."""
    del any_redis
    return make_code()


def make_code(**gives: str) -> str:
    """A batch of one code."""
    made = code_id_of(new_code(HERE)) or ""
    ResellerBatch.objects.make(
        BATCH, reseller="Ärzte & Co", now=NOW, gives={"plan": "1y-usd-10", "months": "12"} | gives
    )
    ResellerBatch.objects.add_codes(BATCH, [made], first=1)
    return made


def redeem(code_id: str, user_id: UserId = SOMEBODY, now: int = NOW) -> bool:
    """Redeem a code."""
    return ResellerCode.objects.redeem(
        code_id,
        user_id=user_id,
        purchase_id=purchase_id_of(user_id, code_id),
        now=Millis(now),
        follow=[NewJob(HERE, GiveResellerTime(code_id, user_id), code_id)],
    )


def test_made_a_batch_is_found_by_its_resellers_name(code: str, db: None) -> None:
    [found] = ResellerBatch.objects.filter(reseller="Ärzte & Co")

    assert (found.pk, found.codes, found.redeemed, found.standing) == (BATCH, 1, 0, "good")
    assert [each.pk for each in ResellerCode.objects.filter(batch=BATCH)] == [code]


def test_known_a_batch_that_is_there_stays_as_it_is(code: str, db: None) -> None:
    ResellerBatch.objects.make(BATCH, reseller="Another", now=NOW, gives={"plan": "2y-usd-1"})

    assert ResellerBatch.objects.get().plan == "1y-usd-10"


def test_added_a_code_is_added_once(code: str) -> None:
    assert ResellerBatch.objects.add_codes(BATCH, [code], first=1) == 1
    assert ResellerBatch.objects.add_codes(BATCH, ["c0.other"], first=2) == 2


def test_no_such_batch_nothing_is_added_or_revoked(any_redis: redis.Redis) -> None:
    with pytest.raises(NoSuchBatch):
        ResellerBatch.objects.add_codes(BATCH, ["c0.other"], first=1)
    with pytest.raises(NoSuchBatch):
        ResellerBatch.objects.revoke(BATCH, now=NOW)

    assert any_redis.keys() == []


def test_redeemed_the_code_is_the_users_and_the_job_is_staged(code: str, any_redis: Any) -> None:
    assert redeem(code)

    row = any_redis.hgetall(f"{{c0}}:reseller_code:{code}")
    assert (int(row["user_id"]), int(row["redeemed"])) == (SOMEBODY, NOW)
    assert any_redis.zcard(DUE(cell=HERE, kind="give_reseller_time")) == 1
    assert any_redis.hget(f"{{c0}}:reseller_batch:{BATCH}", "redeemed") == "1"


def test_known_by_the_same_user_again_nothing_changes(code: str, any_redis: Any) -> None:
    redeem(code)

    assert not redeem(code, now=NOW + 5)
    assert any_redis.hget(f"{{c0}}:reseller_code:{code}", "redeemed") == str(NOW)


def test_wrong_for_another_user_for_none_and_for_a_code_that_is_none(code: str) -> None:
    redeem(code)

    with pytest.raises(WrongResellerCode):
        redeem(code, UserId(new_id(HERE)))
    with pytest.raises(WrongResellerCode):
        redeem("c0.never-made")


def test_wrong_once_it_is_over(any_redis: redis.Redis) -> None:
    code = make_code(expires=str(NOW + 10))

    with pytest.raises(WrongResellerCode):
        redeem(code, now=NOW + 10)

    assert redeem(code, now=NOW + 9)
    assert not redeem(code, now=NOW + 11)  # it was theirs in time


def test_revoked_no_code_is_redeemed_any_more(code: str) -> None:
    assert ResellerBatch.objects.revoke(BATCH, now=NOW)
    assert not ResellerBatch.objects.revoke(BATCH, now=NOW)  # revoked_before

    with pytest.raises(WrongResellerCode):
        redeem(code)


def test_revoked_what_was_redeemed_stays(code: str) -> None:
    redeem(code)
    ResellerBatch.objects.revoke(BATCH, now=NOW)

    assert not redeem(code)


def test_of_a_thousand_users_at_once_one_has_the_code(real_redis: Any) -> None:
    code = make_code()

    def try_it(number: int) -> bool:
        try:
            return redeem(code, UserId(number << 10))
        except WrongResellerCode:
            return False

    with ThreadPoolExecutor(20) as threads:
        outcomes = list(threads.map(try_it, range(1, 1_001)))

    assert outcomes.count(True) == 1
    assert real_redis.zcard(DUE(cell=HERE, kind="give_reseller_time")) == 1
    assert real_redis.hget(f"{{c0}}:reseller_batch:{BATCH}", "redeemed") == "1"


@pytest.mark.parametrize("cell", [0, 1, 31, 32, 1023])
def test_a_code_names_its_cell_however_it_is_written(cell: int) -> None:
    code = new_code(Cell(cell))
    written = [code, in_groups(code), f" {in_groups(code).lower().replace('-', ' ')} "]

    ids = {code_id_of(each) for each in written}

    assert len(code) == LENGTH
    [code_id] = ids
    assert cell_of(str(code_id)) == cell
    assert code not in str(code_id)


def test_a_slip_of_the_pen_is_known_at_once() -> None:
    code = new_code(HERE)
    slips = {
        code[:place] + letter + code[place + 1 :]
        for place in range(2, LENGTH)
        for letter in ALPHABET
    } - {code}

    assert {code_id_of(each) for each in slips} == {None}
    assert code_id_of(code[:-1]) is None
    assert code_id_of("O" + code[1:]) is None
