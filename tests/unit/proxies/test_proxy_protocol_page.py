"""What docs/proxy-protocol.md shows is what both sides do."""

import base64
import json
import re
from datetime import UTC, datetime
from typing import Final

import pytest
from pytest_django import Settings

from accounts.services.tokens import admission
from devstack.reference_proxy.knowledge import Shown
from devstack.reference_proxy.passes import EARLY_SECONDS, LONGEST, is_good
from lantern_pro.types import Millis, ProxyId
from proxies import keys
from proxies.services import passes
from tests.house.tree import ROOT

PAGE: Final = (ROOT / "docs" / "proxy-protocol.md").read_text()
VECTORS: Final = dict(
    re.findall(r"^\| (public key|payload's JSON|pass) \| `(.+)` \|$", PAGE, re.MULTILINE)
)
ADMISSIONS: Final = re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|$", PAGE, re.MULTILINE)
TOKEN: Final = re.findall(r"^\| `([\w-]{43})` \|", PAGE, re.MULTILINE)[0]
PROXY: Final = ProxyId(7168)


@pytest.fixture(autouse=True)
def _ring(settings: Settings) -> None:
    settings.PASS_KEYS = {"v1": b"\x31" * 32}


def test_the_admissions_are_what_both_sides_make_of_token_and_device() -> None:
    shown = [
        (
            admission(TOKEN, device_id),
            Shown(pro_token=TOKEN, device_id=device_id).admission,
        )
        for device_id, _ in ADMISSIONS
    ]

    assert len(ADMISSIONS) == 2
    assert shown == [(each, each) for _, each in ADMISSIONS]


def test_the_pass_is_what_the_service_signs() -> None:
    told = json.loads(VECTORS["payload's JSON"])
    when = passes.Validity(Millis(told["f"] * 1000), Millis(told["t"] * 1000), None)

    issued = passes.issue(PROXY, [ADMISSIONS[0][1]], when)

    assert issued == VECTORS["pass"]
    assert base64.b64encode(passes.public_keys()["v1"]).decode() == VECTORS["public key"]
    payload = issued.split(".")[1]
    decoded = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    assert decoded.decode() == VECTORS["payload's JSON"]


def test_the_pass_is_good_as_the_page_says() -> None:
    ring = {"v1": base64.b64decode(VECTORS["public key"])}
    [(_, mine), (_, other)] = ADMISSIONS

    def good(
        *, now: int, proxy_id: int = PROXY, admission: str = mine, text: str = VECTORS["pass"]
    ) -> bool:
        return is_good(text, ring, proxy_id=proxy_id, admission=admission, now=now)

    changed = VECTORS["pass"].replace("v1.ey", "v1.eX")
    assert good(now=1800000000 - 300)
    assert not good(now=1800000000 - 301)
    assert good(now=1800086399)
    assert not good(now=1800086400)
    assert not good(now=1800000000, proxy_id=8192)
    assert not good(now=1800000000, admission=other)
    assert not good(now=1800000000, text=changed)


def test_the_figures_of_the_page_are_the_reference_proxys() -> None:
    from devstack.reference_proxy import heartbeat, knowledge
    from proxies.heartbeats import BEAT_MS

    assert f"`f - {EARLY_SECONDS} <= now < t`" in PAGE
    assert f"longer than {LONGEST // 1024} KiB" in PAGE
    assert f"within the last {knowledge.TRUST_SECONDS:.0f} seconds" in PAGE
    assert f"Every {heartbeat.BEAT_SECONDS:.0f} seconds" in PAGE
    assert f"\n{BEAT_MS // 1000} seconds after it saw the last" in PAGE
    assert f'"{passes.CONTEXT.decode()}" kid' in PAGE


def test_every_key_of_the_page_is_declared_and_of_its_type() -> None:
    rows = re.findall(r"^\| `\{c<N>\}:([^`]+)` \| (\w+) \|", PAGE, re.MULTILINE)

    declared = {
        (key.pattern.replace("{proxy_id}", "<id>"), key.kind.value)
        for key in (keys.ADMISSIONS, keys.CHANGES, keys.CARD, keys.HEARTBEAT)
    }

    assert set(rows) == declared
    assert keys.ADMISSIONS(proxy_id=PROXY) in PAGE


def test_the_rules_of_a_proxys_user_are_those_of_the_page(real_redis: object) -> None:
    from proxies.models import Proxy
    from proxies.services.access import TO_COUNT, rules_of
    from tests import fleet

    told = re.search(r"```text\n(reset on #.*?)```", PAGE, re.DOTALL)
    pro, free = Proxy.objects.records([fleet.pro_proxy(), fleet.free_proxy()])
    rules = " ".join(rules_of(pro, ["<SHA-256 of the password>"])).replace("%R~", "~")
    more = set(rules_of(free, [])) - set(rules_of(pro, []))

    assert told is not None
    assert told[1].split() == rules.replace(str(pro.id), "7168").split()
    assert f"`{' '.join(f'+{each}' for each in TO_COUNT)}`" in PAGE
    assert {each.replace("%R", "") for each in more if str(free.id) not in each} == {
        *(f"+{each}" for each in TO_COUNT),
        "~_throttle",
        "~_client:*",
    }


def test_what_clients_are_told_of_their_cap_is_as_the_page_shows() -> None:
    from devstack.reference_proxy.caps import Asker, Cap
    from devstack.reference_proxy.usage import MIB, Device

    cap = Cap(500 * MIB, 1, "monthly", "", 0, 1)
    as_of = datetime(2026, 11, 26, tzinfo=UTC).timestamp()
    device = Device(Asker("a"), cap, used=200 * MIB, as_of=as_of, ends=as_of + 3600)

    (_, first), (name, second) = device.headers()

    assert f"`{name}: {second}`" in PAGE
    assert second == f"{first}/3600"
