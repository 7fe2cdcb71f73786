"""The world of a round: an empty store with plans and a fleet, and what operators do meanwhile."""

from datetime import timedelta
from typing import Final

from django.conf import settings

from accounts.services.authentication import authenticate
from accounts.services.tokens import token_of
from accounts.services.users import SignedUp, create_user
from billing.keys import PROMOTION_USES
from billing.managers import reconciliation
from billing.managers.promotions import CATALOGUE_CELL
from billing.models import Plan, Promotion
from billing.reconcile_jobs import Reconcile
from billing.services.reseller import Redeemer, make_batch, redeem_code
from devstack.chaos.clients.app import YEARS
from lantern_pro import clock
from lantern_pro.api.spending import Spending
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Fence, NewJob
from lantern_pro.jobs.keys import DONE, JOBS
from lantern_pro.jobs.retention import ForgetJobs
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.support.demo_data import FLEET, seed_plans
from lantern_pro.types import Cell, JobId, Millis, ProxyId, UserId
from proxies.models import Proxy
from proxies.records import NewProxy, Place, Track
from proxies.services.bridge import connect_proxy
from proxies.services.fleet import add_proxy

_ROOMY: Final = 100_000
DAY_MS: Final = 24 * 60 * 60 * 1000
_LONG_AGO_MS: Final = -800 * DAY_MS
_SOON: Final = timedelta(seconds=4)
"""Long enough to be given proxies in, most times; nothing that is counted rests on that."""


def begin(*, with_pro_proxies: bool) -> None:
    """Empty the store, and make what a round begins with."""
    text_client().flushall()
    seed_plans()
    for name, track, _, place in FLEET:
        if track is Track.FREE or with_pro_proxies:
            _add_everywhere(name, track, place)


def add_proxy_to_each_cell(name: str) -> None:
    """Do what an operator does who adds Pro proxies; what follows is the service's."""
    _add_everywhere(name, Track.PRO, FLEET[-1][3])


def one_whose_time_ends_soon(device_id: str) -> UserId:
    """Let somebody have bought nearly a year ago; their proxies will be taken from them.

    By a reseller's code: what a card pays counts from when Stripe has charged it, which is now.
    """
    made = _somebody(device_id)
    token = token_of(made.user_id, made.kid, made.epoch)
    authenticate(user_id=made.user_id, token=token, device_id=device_id)
    ends = clock.as_datetime(clock.now()) + _SOON
    began = ends - timedelta(days=1) if (ends.month, ends.day) == (2, 29) else ends
    with clock.shifted(clock.as_millis(began.replace(year=began.year - 1)) - clock.now()):
        plan = Plan.objects.get(pk=YEARS[0])
        [code] = make_batch(reseller="Bazaar", plan=plan, count=1).codes
        redeem_code(code, Redeemer(made.user_id, device_id, "phone"))
    return made.user_id


def one_who_never_came(device_id: str) -> UserId:
    """Let an account have been made long ago that nobody has used."""
    with clock.shifted(_LONG_AGO_MS):
        return _somebody(device_id).user_id


def connect_old_proxies() -> None:
    """Do what an operator does whose Pro proxies are all of 2016."""
    for proxy in Proxy.objects.filter(track=Track.PRO):
        connect_proxy(ProxyId(proxy.pk), f"old-{proxy.pk}")


def forget_jobs(fact: str) -> JobId:
    """Stage what the clock stages every hour, in the first cell."""
    job = NewJob(Cell(0), ForgetJobs(Cell(0)), fact)
    ledger.stage(job)
    return job.job_id


def promote(name: str, *, uses: int) -> None:
    """Let there be a promotion by which everybody pays a quarter less; 0 uses are any number."""
    terms = {"percent": 25, "uses_limit": uses}
    Promotion.objects.get_or_create(id=name, defaults=terms)


def let_holds_end(promotion: str) -> None:
    """Let no use of a promotion be held any longer. Time alone does that, in some minutes."""
    client, uses = text_client(), PROMOTION_USES(promotion=promotion, cell=CATALOGUE_CELL)
    for name, until in client.hgetall(uses).items():
        if until != "paid":
            client.hset(uses, name, "1")


def let_it_be_walked_over(walk: str) -> bool:
    """Let the next walk go over a list of Stripe's up to now; False while somebody walks.

    By the rules it would leave alone what is younger than a minute. Time alone does that.
    """
    holder = Fence(JobId("c0.reconcile.a_round"), 1)
    if not reconciliation.take_the_walk(holder):
        return False
    now = clock.now()
    since, until = Millis(now - DAY_MS), Millis(now + DAY_MS)
    reconciliation.open_window(walk, since=since, until=until, now=now)
    reconciliation.leave_the_walk(holder)
    return True


def walk_on() -> None:
    """Stage what the clock stages each minute, here each second."""
    cell = reconciliation.HERE
    ledger.stage(NewJob(cell, Reconcile(cell), f"another.{clock.now() // 1000}"))


def let_it_be_old(job_id: JobId) -> None:
    """Let a job that is done have ended long ago. No rule allows that; time alone does."""
    client, cell = text_client(), cell_of(job_id)
    long_ago = int(client.time()[0]) * 1000 + _LONG_AGO_MS
    client.hset(JOBS.row(job_id), "finished", long_ago)
    client.zadd(DONE(cell=cell), {job_id: long_ago}, xx=True)


def _somebody(device_id: str) -> SignedUp:
    return create_user(
        device_id=device_id,
        address="192.0.2.1",
        locale="en_US",
        spending=Spending.nothing(Cell(0)),
    )


def _add_everywhere(name: str, track: Track, place: Place) -> None:
    for cell in range(settings.CELLS):
        add_proxy(
            Cell(cell),
            NewProxy(name=name, addr="192.0.2.9:443", track=track, capacity=_ROOMY, place=place),
        )
