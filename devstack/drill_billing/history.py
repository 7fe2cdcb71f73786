"""One history: how it begins once, and every way in which what follows may reach us."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - harmless: the same again by a seed
from typing import TYPE_CHECKING
from unittest.mock import patch

from devstack.drill_billing.short_cut import REALLY_EVERY, in_process
from devstack.mandrill_standin import MandrillStandin
from devstack.stripe_standin import StripeStandin

if TYPE_CHECKING:
    from devstack.drill_billing.acts import Causes
    from devstack.drill_billing.moments import Moments


@dataclass(slots=True)
class Told:
    """What came of a history: in how many ways it was told, how much happened, what was wrong."""

    number: int
    events: int = 0
    purchases: int = 0
    waiting: int = 0
    subscriptions: int = 0
    promoted: int = 0
    contested: int = 0
    codes: int = 0
    acts: int = 0
    days: int = 0
    ways: int = 0
    crashes: int = 0
    steps: int = 0
    broken: list[str] = field(default_factory=list)
    differ: list[str] = field(default_factory=list)


def play(seed: int, number: int) -> Told:
    """Play a history on the store of the settings, which is emptied."""
    from django.conf import settings

    from billing.gateways.stripe_client import client as stripe_client
    from devstack.drill_billing.acts import Causes
    from devstack.drill_billing.moments import Moments

    stripe, mandrill = StripeStandin(), MandrillStandin()
    settings.STRIPE_API_BASE, settings.MANDRILL_API_BASE = stripe.url, mandrill.api_url
    causes = Causes()
    with ExitStack() as reached:
        for standin in (stripe, mandrill):
            reached.callback(standin.stop)
        if number % REALLY_EVERY:
            reached.enter_context(in_process(stripe, mandrill))
        else:
            stripe.start()
            mandrill.start()
        reached.enter_context(causes.naming(f"{seed}.{number}"))
        stripe_client.cache_clear()
        reached.callback(stripe_client.cache_clear)
        moments = Moments.drawn(Random(f"{seed}.{number}.moments"))
        reached.enter_context(moments.are_all_there_is())
        reached.enter_context(_the_same_ids(Random(f"{seed}.{number}.ids")))
        return _play(f"{seed}.{number}", stripe, moments, causes, Told(number))


@contextmanager
def _the_same_ids(luck: Random) -> Iterator[None]:
    """Let users, codes and jobs' holders have the same ids whenever a history is played."""
    drawn = {
        "randbelow": luck.randrange,
        "choice": luck.choice,
        "token_hex": lambda size=32: luck.randbytes(size).hex(),
    }
    with ExitStack() as patched:
        for name, draw in drawn.items():
            patched.enter_context(patch.object(secrets, name, draw))
        yield


def _play(
    seed: str, standin: StripeStandin, moments: "Moments", causes: "Causes", told: Told
) -> Told:
    from devstack.drill_billing import acts, clients, deliveries, state
    from devstack.drill_billing.drawing import draw
    from lantern_pro.store.client import raw_client

    raw_client().flushdb()
    facts = draw(Random(seed))
    beginning = clients.Beginning(facts, Random(f"{seed}.begins"), standin, moments)
    beginning.happen()
    moments.step()
    stage = acts.Stage(facts, standin, causes, beginning.waiting)
    here, there, first = _kept(), standin.journal.kept(), None
    for way in deliveries.WAYS:
        _put_back(here)
        standin.journal.put_back(there)
        stage.begin_again()
        delivery = deliveries.Delivery(way, Random(f"{seed}.{way}"), stage, beginning.apps)
        delivery.run()
        told.broken += delivery.broken
        told.crashes += delivery.crashes
        told.steps += delivery.steps
        told.ways += 1
        end = state.state()
        first = first or end
        if not end.agrees(first):
            told.differ.append(f"{way}: {end}\nbut {deliveries.WAYS[0]}: {first}")
    told.events = len(standin.journal.all("event"))
    told.purchases, told.subscriptions = len(facts.purchases), len(facts.subscriptions)
    told.waiting = len(facts.waiting)
    told.promoted = sum(each.coupon for each in facts.subscriptions)
    told.contested = sum(act.what == acts.CONTEST for act in facts.acts)
    told.codes, told.acts = len(facts.codes), len(facts.acts)
    told.days = sum(act.days for act in facts.acts)
    return told


def _kept() -> dict[bytes, tuple[int, bytes]]:
    """All of Redis, to begin from again: each key with how long it lives, 0 for ever."""
    from lantern_pro.store.client import raw_client

    keys = list(raw_client().scan_iter(count=1_000))
    with raw_client().pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.pttl(key)
            pipe.dump(key)
        told = iter(pipe.execute())
    found = {key: (max(ttl, 0), value) for key, ttl, value in zip(keys, told, told, strict=True)}
    return {key: (ttl, value) for key, (ttl, value) in found.items() if value is not None}


def _put_back(kept: dict[bytes, tuple[int, bytes]]) -> None:
    from lantern_pro.store.client import raw_client

    with raw_client().pipeline(transaction=False) as pipe:
        pipe.flushdb()
        for key, (ttl, value) in kept.items():
            pipe.restore(key, ttl, value)
        pipe.execute()
