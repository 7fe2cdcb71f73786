"""Which limits a request is counted against.

What calls are counted by is known by keyed hashes only, and lies in the cell of the caller's
widest network. With Redis away nothing can be counted and nothing be done: 503 as for any call.
"""

import hmac
from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from lantern_pro.api.identity import DEVICE_ID_HEADER, TOKEN_HEADER, USER_ID_HEADER, address_of
from lantern_pro.api.keys import LIMIT, REPEATED
from lantern_pro.api.limits import LOGINS, Limit, Limits, Scope
from lantern_pro.api.networks import networks_of
from lantern_pro.api.spending import Rule, Spending
from lantern_pro.types import Cell

REMEMBERED_MS: Final = 3_600_000
GUESS_REMEMBERED_MS: Final = 24 * REMEMBERED_MS
MOST_REPEATS: Final = 60
"""More than the tries of the most patient client (docs/protocol.md, "How a call travels")."""


def spending_of(request: HttpRequest, limits: Limits, *, repeated_as: str = "") -> Spending:
    """What a request is counted against.

    ``repeated_as`` names, for this caller, a call that clients repeat until they have its
    answer: for an hour its repetitions are not counted again.
    """
    counted_by = dict(_scopes(request))
    cell = Cell(int(_digest(counted_by.get(Scope.WIDE, ""))[:8], 16) % settings.CELLS)
    whose = f"{counted_by.get(Scope.USER)}|{counted_by.get(Scope.DEVICE)}"
    return Spending(
        cell=cell,
        repeated=REPEATED(
            family=limits.family, digest=_digest(f"{whose}|{request.path}|{repeated_as}"), cell=cell
        ),
        remember_ms=REMEMBERED_MS if repeated_as else 0,
        most_repeats=MOST_REPEATS,
        rules=[
            _rule(limit, limits, counted_by[limit.scope], cell)
            for limit in limits.each
            if limit.scope in counted_by
        ],
    )


def login_spending_of(request: HttpRequest, name: str) -> Spending:
    """What a try to log in as staff is counted against, whether or not the name is anybody's.

    All in the first cell, so that a name has one count wherever it is tried from.
    """
    cell = Cell(0)
    counted_by = {**dict(_scopes(request)), Scope.NAME: name}
    counted_by[Scope.NAME_HERE] = f"{name}|{counted_by.get(Scope.HOST, address_of(request))}"
    return Spending(
        cell=cell,
        repeated=REPEATED(family=LOGINS.family, digest=_digest(name), cell=cell),
        remember_ms=0,
        most_repeats=0,
        rules=[
            _rule(limit, LOGINS, counted_by[limit.scope], cell)
            for limit in LOGINS.each
            if limit.scope in counted_by
        ],
    )


def guess_spending_of(limits: Limits, *, at: str, guess: str) -> Spending:
    """What a guess at something is counted against, wherever it comes from.

    In the cell that the thing selects, so that it has one count. For a day the same guess is not
    counted again: it tells nothing new, and an honest caller repeats it until there is an answer.
    """
    digest = _digest(f"{limits.family}|{at}")
    cell = Cell(int(digest[:8], 16) % settings.CELLS)
    return Spending(
        cell=cell,
        repeated=REPEATED(
            family=limits.family, digest=_digest(f"{limits.family}|{at}|{guess}"), cell=cell
        ),
        remember_ms=GUESS_REMEMBERED_MS,
        most_repeats=MOST_REPEATS,
        rules=[_rule(limit, limits, at, cell) for limit in limits.each],
    )


def _scopes(request: HttpRequest) -> Iterator[tuple[Scope, str]]:
    """Who is calling, by each scope that can be told."""
    yield Scope.EVERYONE, ""
    networks = networks_of(address_of(request))
    if networks is not None:
        yield Scope.WIDE, networks.wide
        yield Scope.NETWORK, networks.network
        yield Scope.HOST, networks.host
    device_id = request.headers.get(DEVICE_ID_HEADER, "").strip()
    if device_id:
        yield Scope.DEVICE, f"{device_id}|{networks.host if networks else ''}"
    user_id = request.headers.get(USER_ID_HEADER, "").strip()
    if user_id:
        yield Scope.USER, f"{user_id}|{request.headers.get(TOKEN_HEADER, '').strip()}"
    elif user_id := request.GET.get("userId", ""):  # a browser, which an app has sent here
        yield Scope.USER, f"{user_id}|{request.GET.get('proToken', '')}"


def _rule(limit: Limit, limits: Limits, counted_by: str, cell: Cell) -> Rule:
    is_everyones = limit.scope is Scope.EVERYONE
    share = 1 / settings.CELLS if is_everyones else 1  # each cell counts its own
    period_ms = limits.seconds * 1000
    step = period_ms / max(1.0, getattr(settings, limit.setting) * limit.times * share)
    return Rule(
        key=LIMIT(family=limits.family, scope=limit.scope, digest=_digest(counted_by), cell=cell),
        step=step,
        flood_step=min(step / limit.under_flood, period_ms),
        span=max(period_ms * limit.burst, step),
        is_everyones=is_everyones,
    )


def _digest(told: str) -> str:
    """A keyed hash; halves of characters, which JSON can bring, are hashed as they are."""
    text = f"limit|{told}".encode(errors="surrogatepass")
    return hmac.digest(settings.LOOKUP_SECRET, text, "sha256").hex()[:32]
