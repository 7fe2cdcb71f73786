"""How a proxy's state and blocked countries are changed: one function a script; its history."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Work
from lantern_pro.store.client import text_client
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell, Millis, ProxyId
from proxies import keys
from proxies.errors import NoSuchProxy, NoWayToState, ProxyRetired
from proxies.records import COMES_FROM, State

QUIET: Final = ("auth_token", "cert", "transport_settings")
"""What the history names when it changes, without its values: secrets, and what is long."""


@dataclass(frozen=True, slots=True)
class PastChange:
    """A line of a proxy's history."""

    at: Millis
    what: str
    why: str


def change_state(*, proxy_id: ProxyId, to: State, now: Millis, why: str, work: Work) -> bool:
    """Let a proxy enter a state; False when it is in it already."""
    comes_from = COMES_FROM[to]
    outcome = ledger.apply(
        "proxies/change_proxy_state",
        work,
        row=keys.PROXIES.row(proxy_id),
        **keys.settled_keys(proxy_id, work.cell),
        by_state=keys.PROXIES.by("state", cell=work.cell),
        by_health=keys.PROXIES.by("health", cell=work.cell),
        id=proxy_id,
        now=now,
        to=to.value,
        comes_from=json.dumps({each.value: True for each in comes_from}),
        why=why,
    )
    match outcome:
        case ["changed"]:
            return True
        case ["already"]:
            return False
        case ["no_way", state]:
            raise NoWayToState(
                f"The proxy is {state}; only {_listed(comes_from)} proxies become {to}.",
                details={"state": str(state)},
            )
        case ["no_such_proxy"]:
            raise NoSuchProxy
    raise AssertionError(outcome)


def change_proxy(
    *,
    proxy_id: ProxyId,
    columns: Mapping[str, str | int | float],
    now: Millis,
    why: str,
    work: Work,
) -> list[str]:
    """Let columns of a proxy be these; those that were otherwise before."""
    outcome = ledger.apply(
        "proxies/change_proxy",
        work,
        row=keys.PROXIES.row(proxy_id),
        **keys.settled_keys(proxy_id, work.cell),
        lex_addr=keys.PROXIES.lex("addr", cell=work.cell),
        lex_provider=keys.PROXIES.lex("provider", cell=work.cell),
        lex_country_code=keys.PROXIES.lex("country_code", cell=work.cell),
        id=proxy_id,
        now=now,
        columns=json.dumps(columns),
        quiet=json.dumps(dict.fromkeys(QUIET, True)),
        why=why,
    )
    match outcome:
        case ["changed", changed]:
            return list(json.loads(str(changed)))
        case ["already"]:
            return []
        case ["retired"]:
            raise ProxyRetired
        case ["no_such_proxy"]:
            raise NoSuchProxy
    raise AssertionError(outcome)


def block(
    *, proxy_id: ProxyId, countries: Sequence[str], now: Millis, why: str, work: Work
) -> list[str]:
    """Note that a proxy is blocked in these countries; those in which it was not before."""
    outcome = ledger.apply(
        "proxies/block_proxy",
        work,
        row=keys.PROXIES.row(proxy_id),
        **keys.settled_keys(proxy_id, work.cell),
        id=proxy_id,
        now=now,
        countries=json.dumps(countries),
        why=why,
    )
    match outcome:
        case ["blocked", gained]:
            return list(json.loads(str(gained)))
        case ["already"]:
            return []
        case ["retired"]:
            raise ProxyRetired
        case ["no_such_proxy"]:
            raise NoSuchProxy
    raise AssertionError(outcome)


def unblock(
    *, proxy_id: ProxyId, countries: Sequence[str], now: Millis, why: str, work: Work
) -> list[str]:
    """Note that a proxy is blocked no longer in these countries, or in any when none is named."""
    outcome = ledger.apply(
        "proxies/unblock_proxy",
        work,
        row=keys.PROXIES.row(proxy_id),
        **keys.settled_keys(proxy_id, work.cell),
        id=proxy_id,
        now=now,
        countries=json.dumps(dict.fromkeys(countries, True)),
        why=why,
    )
    match outcome:
        case ["unblocked", freed]:
            return list(json.loads(str(freed)))
        case ["already"]:
            return []
        case ["no_such_proxy"]:
            raise NoSuchProxy
    raise AssertionError(outcome)


def withheld_everywhere(cell: Cell, *, more_than: int) -> list[ProxyId]:
    """Who is on the list of those that no configuration may name, once it is longer than that."""
    client, name = text_client(), keys.WITHHELD(cell=cell)
    if client.hlen(name) <= more_than:
        return []
    return [ProxyId(int(each)) for each, where in client.hgetall(name).items() if where == "*"]


def forget_withheld(cell: Cell, proxies: Sequence[ProxyId], *, before: Millis) -> int:
    """Take off the list those that were retired before a moment and have no users; how many.

    What was told to them is forgotten, too.
    """
    outcome = script("proxies/forget_withheld")(
        withheld=keys.WITHHELD(cell=cell),
        rest=[
            key
            for proxy_id in proxies
            for key in (
                keys.PROXIES.row(proxy_id),
                keys.USERS(proxy_id=proxy_id),
                keys.CHANGES(proxy_id=proxy_id),
            )
        ],
        ids=json.dumps([str(each) for each in proxies]),
        before=before,
    )
    match outcome:
        case ["forgotten", count]:
            return int(str(count))
    raise AssertionError(outcome)


def history_of(proxy_id: ProxyId) -> list[PastChange]:
    """What became of a proxy, the newest first."""
    found = (
        json.loads(each) for each in text_client().lrange(keys.HISTORY(proxy_id=proxy_id), 0, -1)
    )
    return [PastChange(Millis(int(each["at"])), each["what"], each["why"]) for each in found]


def _listed(states: frozenset[State]) -> str:
    return " and ".join(each.value for each in State if each in states)
