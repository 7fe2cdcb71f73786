"""A job that enters what a row says of an address, while the row becomes another."""

from collections.abc import Callable
from typing import Any

import pytest
import redis

from accounts.jobs import SyncAddress
from accounts.keys import USERS
from accounts.managers import addresses
from accounts.managers.addresses import NOBODY
from accounts.services.addresses import sync_address
from accounts.services.personal import seal
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Fence, NewJob
from lantern_pro.store.client import raw_client, text_client, using
from lantern_pro.types import Millis, UserId
from tests.leasing import take
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
OLD, NEW = "0" * 64, "1" * 64


class SlowLink(redis.Redis):
    """A link on which something happens between the first read of columns and its answer."""

    meanwhile: Callable[[], object] | None = None

    def hmget(self, *asked: Any, **told: Any) -> Any:
        """Read, and let it happen."""
        answer, happens = super().hmget(*asked, **told), self.meanwhile
        self.meanwhile = None
        if happens:
            happens()
        return answer


@pytest.fixture
def slow_link(real_redis: redis.Redis) -> SlowLink:
    """Such a link to the test's own Redis."""
    return SlowLink(connection_pool=real_redis.connection_pool)


def names(user_id: UserId, digest: str) -> None:
    """Let the row name an address, proven."""
    told = {"email_hash": digest, "email_sealed": "sealed", "email_proven": int(NOW)}
    text_client().hset(USERS.row(user_id), mapping=told)


def enter(user_id: UserId, digest: str, *, fact: str) -> None:
    """Do the job that enters what the row says of an address."""
    ledger.stage(NewJob(HERE, SyncAddress(user_id, seal(digest)), fact))
    [job] = take(HERE, most=1)
    sync_address(user_id, seal(digest), Fence(job.fence.job_id, job.fence.epoch))


def test_a_job_that_stood_still_enters_nothing_that_the_row_says_no_more(
    slow_link: SlowLink,
) -> None:
    owner = a_user()
    names(owner, OLD)

    def change_the_address() -> None:
        names(owner, NEW)
        enter(owner, OLD, fact="changed")

    slow_link.meanwhile = change_the_address
    with using(text=slow_link, raw=raw_client()):
        enter(owner, OLD, fact="named")

    assert addresses.accounts_of_address(OLD, most=9) == (NOBODY, [])
