"""How the uses of promotions are counted: one function a script, and plain reads.

They are counted where the catalogue lies, in its cell, whatever cell the buyer's is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from billing.errors import PromotionOver
from billing.keys import FIRST_OFFERS, PROMOTION_USES, PROMOTIONS
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Fence, NewJob, Work
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, Millis, PurchaseId, UserId

CATALOGUE_CELL: Final = Cell(0)
"""Where rows lie that belong to no user's cell."""


@dataclass(frozen=True, slots=True)
class HasAnother:
    """The buyer has an offer for a first purchase already, by this purchase."""

    purchase_id: PurchaseId


@dataclass(frozen=True, slots=True)
class Hold:
    """A use that is held until a moment; ``is_shared`` when another call of the same has it too."""

    until: Millis
    is_shared: bool


def hold_promotion(  # noqa: PLR0913 - the script's arguments
    promotion: str,
    *,
    purchase_id: PurchaseId,
    user_id: UserId,
    now: Millis,
    grace_ms: int,
    hold_ms: int,
    follow: Sequence[NewJob],
) -> Hold | HasAnother:
    """Take a use for a purchase that is to begin before the hold's end.

    ``PromotionOver`` when it does not run, or all its uses are taken.
    """
    outcome = ledger.apply(
        "billing/hold_promotion",
        Work(CATALOGUE_CELL, follow=follow),
        promotion=PROMOTIONS.row(promotion, cell=CATALOGUE_CELL),
        **_use_keys(promotion),
        purchase_id=purchase_id,
        user_id=user_id,
        now=now,
        grace_ms=grace_ms,
        hold_ms=hold_ms,
    )
    match outcome:
        case ["held", until]:
            return Hold(Millis(int(str(until))), is_shared=False)
        case ["held_anew", until]:
            return Hold(Millis(int(str(until))), is_shared=True)
        case ["not_first", other]:
            return HasAnother(PurchaseId(str(other)))
        case ["over"]:
            raise PromotionOver(field="plan", details={"reason": "ended"})
        case ["used_up"]:
            raise PromotionOver(field="plan", details={"reason": "used-up"})
    raise AssertionError(outcome)


def release_promotion(  # noqa: PLR0913 - the script's arguments
    promotion: str,
    *,
    purchase_id: PurchaseId,
    user_id: UserId,
    is_over: bool,
    margin_ms: int,
    fence: Fence | None,
    only: Hold | None = None,
) -> Literal["released", "used", "held"]:
    """Give a use back; "held" while the purchase may still begin by it, unless it ``is_over``.

    With ``only`` it is given back if it is this very hold that stands.
    """
    outcome = ledger.apply(
        "billing/release_promotion",
        Work(CATALOGUE_CELL, fence),
        **_use_keys(promotion),
        purchase_id=purchase_id,
        user_id=user_id,
        declined=int(is_over),
        margin_ms=margin_ms,
        only=only.until if only else "",
    )
    match outcome:
        case ["released"]:
            return "released"
        case ["used"]:
            return "used"
        case ["held"]:
            return "held"
    raise AssertionError(outcome)


def keep_promotion(
    promotion: str, *, purchase_id: PurchaseId, user_id: UserId, is_first: bool, fence: Fence
) -> None:
    """Note that a purchase by the promotion was paid: a use for good."""
    outcome = ledger.apply(
        "billing/keep_promotion",
        Work(CATALOGUE_CELL, fence),
        **_use_keys(promotion),
        purchase_id=purchase_id,
        user_id=user_id,
        first=int(is_first),
    )
    match outcome:
        case ["kept"]:
            return
    raise AssertionError(outcome)


def uses_of(promotions: Sequence[str]) -> dict[str, int]:
    """How many uses of each promotion are taken."""
    with text_client().pipeline(transaction=False) as pipe:
        for each in promotions:
            pipe.hlen(PROMOTION_USES(promotion=each, cell=CATALOGUE_CELL))
        return dict(zip(promotions, pipe.execute(), strict=True))


def _use_keys(promotion: str) -> dict[str, str]:
    return {
        "uses": PROMOTION_USES(promotion=promotion, cell=CATALOGUE_CELL),
        "firsts": FIRST_OFFERS(cell=CATALOGUE_CELL),
    }
