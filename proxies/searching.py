"""How proxies are searched that a user could have: one function a script. Nothing is written."""

import json
from collections.abc import Sequence

from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import Call, Outcome, script
from lantern_pro.types import ProxyId
from proxies import keys
from proxies.areas import areas_near
from proxies.links import Found, Wish, as_json, ids_in


def find_candidates(wishes: Sequence[Wish]) -> list[Found]:
    """Find proxies for each of these users; nobody is linked yet.

    In one round trip, and more for those where what is near is blocked in the user's country.
    """
    outcomes = script("proxies/find_candidates").run_each([search_of(wish) for wish in wishes])
    found = [found_in(outcome) for outcome in outcomes]
    return [
        _walked(wish, each) if each.lacking else each
        for wish, each in zip(wishes, found, strict=True)
    ]


def _walked(wish: Wish, found: Found) -> Found:
    """What was found, and what all sites have besides, until there is enough."""
    candidates, cursor = list(found.candidates), "0"
    enough = len(candidates) + found.lacking
    while True:
        [outcome] = script("proxies/walk_sites").run_each([walk_of(wish, cursor, enough)])
        cursor, more = _walked_in(outcome)
        candidates += [each for each in more if each not in candidates]
        if cursor == "0" or len(candidates) >= enough:
            return Found(candidates[:enough], found.opened)


def walk_of(wish: Wish, cursor: str, most: int) -> Call:
    """The call of ``proxies/walk_sites`` for a user."""
    cell = cell_of(wish.user_id)
    return Call(
        {
            "open": keys.OPEN(cell=cell),
            "open_sites": keys.OPEN_SITES(cell=cell),
            "sites": keys.SITES(cell=cell),
            "cursor": cursor,
            "country": wish.access.country,
            "most": most,
            "own": as_json(wish.own),
        }
    )


def _walked_in(outcome: Outcome) -> tuple[str, list[ProxyId]]:
    match outcome:
        case ["walked", cursor, candidates]:
            return str(cursor), ids_in(json.loads(str(candidates)))
    raise AssertionError(outcome)


def found_in(outcome: Outcome) -> Found:
    """What an outcome of ``proxies/find_candidates`` says."""
    match outcome:
        case ["found", candidates, opened]:
            return Found(ids_in(json.loads(str(candidates))), int(str(opened)))
        case ["too_few", candidates, opened, lacking]:
            known = ids_in(json.loads(str(candidates)))
            return Found(known, int(str(opened)), int(str(lacking)))
    raise AssertionError(outcome)


def search_of(wish: Wish) -> Call:
    """The call of ``proxies/find_candidates`` for a user."""
    cell = cell_of(wish.user_id)
    return Call(
        {
            "open": keys.OPEN(cell=cell),
            "open_sites": keys.OPEN_SITES(cell=cell),
            "sites": keys.SITES(cell=cell),
            "openings": keys.OPENINGS(cell=cell),
            "near": json.dumps(areas_near(wish.access.country)),
            "country": wish.access.country,
            "wanted": wish.wanted,
            "own": as_json(wish.own),
            "leave": wish.leaving,
        },
        [keys.PROXIES.row(proxy_id) for proxy_id in wish.own],
    )
