"""One history: its facts once, and every way in which they may reach us."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - harmless: the same again by a seed

from devstack.drill_billing.short_cut import REALLY_EVERY, in_process
from devstack.mandrill_standin import MandrillStandin
from devstack.stripe_standin import StripeStandin


@dataclass(slots=True)
class Told:
    """What came of a history: in how many ways it was told, how much happened, what was wrong."""

    number: int
    events: int = 0
    purchases: int = 0
    ways: int = 0
    crashes: int = 0
    steps: int = 0
    broken: list[str] = field(default_factory=list)
    differ: list[str] = field(default_factory=list)


def play(seed: int, number: int) -> Told:
    """Play a history on the store of the settings, which is emptied."""
    from django.conf import settings

    stripe, mandrill = StripeStandin(), MandrillStandin()
    settings.STRIPE_API_BASE, settings.MANDRILL_API_BASE = stripe.url, mandrill.api_url
    with ExitStack() as reached:
        for standin in (stripe, mandrill):
            reached.callback(standin.stop)
        if number % REALLY_EVERY:
            reached.enter_context(in_process(stripe, mandrill))
        else:
            stripe.start()
            mandrill.start()
        return _play(Random(f"{seed}.{number}"), number, stripe)


def _play(luck: Random, number: int, standin: StripeStandin) -> Told:
    from billing.gateways.stripe_client import client as stripe_client
    from billing.models import Plan
    from devstack.drill_billing import deliveries, facts
    from lantern_pro.store.client import raw_client

    stripe_client.cache_clear()
    raw_client().flushdb()
    Plan.objects.create(
        id="1y-usd-10", description="A year", months=12, currency="usd", price_minor=4800
    )
    happens = facts.draw(luck)
    facts.sign_up_and_buy(happens, standin)
    before = _kept()
    returns = facts.returns_at_stripe(happens, luck, standin)
    told, first = Told(number, purchases=len(happens.purchases)), None
    for way in deliveries.WAYS:
        _put_back(before)
        delivery = deliveries.Delivery(way, luck, standin)
        delivery.run(returns)
        told.broken += delivery.broken
        told.crashes += delivery.crashes
        told.steps += delivery.steps
        state = deliveries.state()
        first = first or state
        told.ways += 1
        if not state.agrees(first):
            told.differ.append(f"{way}: {state}\nbut {deliveries.WAYS[0]}: {first}")
    told.events = len(standin.journal.all("event"))
    stripe_client.cache_clear()
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
