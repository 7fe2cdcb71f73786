"""What makes sure that a promotion is used as often as it is for, and a code gives its time."""

from dataclasses import dataclass
from typing import ClassVar

from billing.services import promotions, reseller
from billing.services.purchases import buyer_of
from lantern_pro.jobs.job import JobArguments, LeasedJob
from lantern_pro.jobs.registry import job
from lantern_pro.types import PurchaseId, UserId


@dataclass(frozen=True, slots=True)
class SettlePromotionUse(JobArguments):
    """Give the use of a promotion back if nothing came of the purchase that it was held for."""

    kind: ClassVar[str] = "settle_promotion_use"
    promotion: str
    purchase_id: PurchaseId

    @property
    def about(self) -> int:
        """The buyer."""
        return buyer_of(self.purchase_id)


@dataclass(frozen=True, slots=True)
class KeepPromotionUse(JobArguments):
    """Note that a purchase by a promotion was paid."""

    kind: ClassVar[str] = "keep_promotion_use"
    promotion: str
    purchase_id: PurchaseId

    @property
    def about(self) -> int:
        """The buyer."""
        return buyer_of(self.purchase_id)


@dataclass(frozen=True, slots=True)
class GiveResellerTime(JobArguments):
    """Give who redeemed a reseller's code what it is for, should the call not have done so."""

    kind: ClassVar[str] = "give_reseller_time"
    code_id: str
    user_id: UserId


@job(SettlePromotionUse)
def settle_promotion_use(leased: LeasedJob, arguments: SettlePromotionUse) -> None:
    """Look at the purchase, and give the use back or not."""
    buyer = buyer_of(arguments.purchase_id)
    promotions.settle_use(arguments.promotion, arguments.purchase_id, buyer, leased)


@job(KeepPromotionUse)
def keep_promotion_use(leased: LeasedJob, arguments: KeepPromotionUse) -> None:
    """Note it."""
    buyer = buyer_of(arguments.purchase_id)
    promotions.keep_use(arguments.promotion, arguments.purchase_id, buyer, leased)


@job(GiveResellerTime)
def give_reseller_time(leased: LeasedJob, arguments: GiveResellerTime) -> None:
    """Give it."""
    reseller.give_by_job(arguments.code_id, arguments.user_id, leased)
