"""How what proxies read, besides whom they admit, is stored: one function a script, plain reads."""

from collections.abc import Sequence

from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Work
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, ProxyId
from proxies import keys


def publish_cards(*, proxies: Sequence[ProxyId], common: str, shape: str, work: Work) -> None:
    """Write the cards of these proxies; ``shape`` ends the writing of all."""
    outcome = ledger.apply(
        "proxies/publish_cards",
        work,
        more=[
            key for each in proxies for key in (keys.PROXIES.row(each), keys.CARD(proxy_id=each))
        ],
        cards=keys.CARDS(cell=work.cell),
        common=common,
        shape=shape,
    )
    match outcome:
        case ["published"]:
            return
    raise AssertionError(outcome)


def proxies_after(cell: Cell, after: ProxyId, most: int) -> list[ProxyId]:
    """Proxies of a cell in the order of their ids, behind one of them."""
    index = keys.PROXIES.by("id", cell=cell)
    found = text_client().zrangebyscore(index, f"({after}", "+inf", start=0, num=most)
    return [ProxyId(int(each)) for each in found]


def shape_of_cards(cell: Cell) -> str:
    """What the cards were made from; empty before the first."""
    return text_client().get(keys.CARDS(cell=cell)) or ""
