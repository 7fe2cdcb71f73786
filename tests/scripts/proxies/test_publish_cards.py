"""``proxies/publish_cards``: one test an outcome, and what stages the job."""

import base64
import json
from typing import Any

import pytest
from pytest_django import Settings

from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, Work
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId
from proxies import keys, wire
from proxies.services import cards
from proxies.services.passes import public_keys
from proxies.usage import counting_script
from proxies.wire_jobs import PublishCards
from tests import fleet
from tests.fleet import HERE
from tests.leasing import take

pytestmark = pytest.mark.usefixtures("any_redis")


def _card(proxy_id: ProxyId) -> dict[str, Any] | None:
    text = text_client().get(keys.CARD(proxy_id=proxy_id))
    read: dict[str, Any] | None = text and json.loads(text)
    return read


def _fence() -> Fence:
    fleet.stage(PublishCards.of(HERE, "any-fact"))
    [leased] = take(HERE, most=1)
    return leased.fence


def _publish(fence: Fence, *proxies: ProxyId, shape: str = "") -> None:
    wire.publish_cards(proxies=proxies, common="{}", shape=shape, work=Work.of(fence))


def test_a_proxy_that_is_added_gets_its_card() -> None:
    pro, free = fleet.pro_proxy(), fleet.free_proxy()

    drain(HERE)

    ring = {kid: base64.b64encode(key).decode() for kid, key in public_keys().items()}
    assert _card(pro) == {
        "track": "pro",
        "pass_keys": ring,
        "trust_seconds": 86400,
        "usage_script": counting_script().sha,
    }
    assert _card(free) == {
        "track": "free",
        "pass_keys": ring,
        "trust_seconds": 86400,
        "usage_script": counting_script().sha,
    }


def test_another_ring_of_keys_is_told_to_every_proxy(settings: Settings) -> None:
    proxies = [fleet.pro_proxy() for _ in range(3)]
    drain(HERE)
    settings.PASS_KEYS = {"new": b"n" * 32, **settings.PASS_KEYS}

    stage_periodic_jobs()
    drain(HERE)

    told = [_card(each) for each in proxies]
    assert all(card is not None and set(card["pass_keys"]) >= {"new"} for card in told)


def test_cards_that_fit_are_not_written_again() -> None:
    proxy_id = fleet.pro_proxy()
    drain(HERE)
    text_client().set(keys.CARD(proxy_id=proxy_id), '{"mark": "mine"}')

    stage_periodic_jobs()
    drain(HERE)

    assert _card(proxy_id) == {"mark": "mine"}


def test_many_proxies_are_told_by_several_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    proxies = [fleet.pro_proxy() for _ in range(5)]
    monkeypatch.setattr(cards, "PAGE", 2)

    drain(HERE)

    assert all(_card(each) is not None for each in proxies)
    assert cards.stale_shape(HERE) is None


def test_a_proxy_that_is_gone_gets_none() -> None:
    gone = ProxyId(1024)

    _publish(_fence(), gone)

    assert _card(gone) is None


def test_the_shape_is_noted_with_the_last_cards_only() -> None:
    _publish(_fence())
    assert wire.shape_of_cards(HERE) == ""

    fleet.stage(PublishCards.of(HERE, "another-fact"))
    [leased] = take(HERE, most=1)
    _publish(leased.fence, shape="1.abc")

    assert wire.shape_of_cards(HERE) == "1.abc"


def test_cards_are_written_once_by_the_job_that_holds_the_lease() -> None:
    fence = _fence()
    late = Fence(fence.job_id, fence.epoch - 1)

    with pytest.raises(Superseded):
        _publish(late)
    _publish(fence)
    with pytest.raises(AlreadyDone):
        _publish(fence)
