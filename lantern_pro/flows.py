"""What follows from what: event -> jobs. A table only, without conditions.

A service names an event; its script stages these jobs together with the event's own effect.
``docs/flows.md`` is printed from this page.
"""

from dataclasses import replace
from typing import Final

from accounts.events import (
    AccountRecovered,
    AddressChangeAsked,
    AddressChanged,
    CountryChanged,
    DevicesChanged,
    MailCodesMade,
    MailProofAsked,
    ProTimeGained,
    ProTimeTakenBack,
    TokenReset,
    UserErased,
)
from accounts.jobs import (
    MailAddressCode,
    MailCodes,
    MailRecoveryNotice,
    OpenDoors,
    SyncAddress,
)
from accounts.services.token_reset import GRACE_MS
from billing.events import (
    MoneyReturned,
    PaymentFound,
    PaymentReported,
    PaymentUnclear,
    PlanChangeBegun,
    PromotionHeld,
    PromotionUsed,
    PurchaseBegun,
    PurchaseCompleted,
    PurchaseOvertaken,
    ReceiptAskedFor,
    RefundBegun,
    RenewalFailed,
    ResellerCodeRedeemed,
    StripeEventTaken,
    SubscriptionBegun,
    SubscriptionDisputed,
    SubscriptionEnded,
    SubscriptionMoved,
    SubscriptionOvertaken,
)
from billing.jobs import (
    FollowReturns,
    ForgetPurchases,
    HandleStripeEvent,
    SendReceipt,
    SettlePurchase,
    SettleRefund,
)
from billing.managers.promotions import CATALOGUE_CELL
from billing.offer_jobs import GiveResellerTime, KeepPromotionUse, SettlePromotionUse
from billing.reconcile_jobs import AdoptPayment
from billing.services.promotions import RELEASE_AFTER_MS
from billing.subscription_jobs import (
    LookAtSubscription,
    MailRenewalFailed,
    MailSubscriptionEnded,
)
from configsrv.events import ConfigAskedFor
from configsrv.jobs import (
    MailConfig,
    PopulateConfigsOf,
    PopulateFreeTable,
    PopulateUserConfig,
)
from lantern_pro.jobs.events import Flows
from lantern_pro.jobs.job import NewJob
from lantern_pro.store.keys import cell_of
from proxies.events import (
    AssignmentChanged,
    FleetChanged,
    ProxyChanged,
    ProxyClosed,
    ProxyRetired,
    RoomMade,
    UserMoved,
)
from proxies.jobs import (
    AssignProxies,
    MoveUsersOff,
    ReleaseProxies,
    ServeWaitingUsers,
)
from proxies.wire_jobs import PublishCards, RevokeAccess
from referrals.events import (
    BonusTakenBack,
    InviteeErased,
    InviterEarned,
    InviterErased,
    ReferralAttached,
)
from referrals.jobs import (
    CreditInviter,
    ForgetInvitations,
    ForgetInvitee,
    ForgetInviter,
    NoteInvitee,
    RewardInviter,
    TakeBackBonus,
)

MARGIN_MS: Final = 1_000
"""After the moment at which something ends, so that it has ended by every clock."""
SETTLE_AFTER_MS: Final = 60_000
"""When a purchase is looked at that nobody has brought to its end: well after a client's wait."""

FLOWS: Final[Flows] = {
    PurchaseBegun: (
        lambda e: NewJob(e.cell, SettlePurchase(e.purchase_id), e.purchase_id, SETTLE_AFTER_MS),
    ),
    StripeEventTaken: (
        lambda e: NewJob(e.cell, HandleStripeEvent(e.event_id, e.type, e.object_id), e.event_id),
    ),
    PaymentReported: (
        lambda e: NewJob(cell_of(e.purchase_id), SettlePurchase(e.purchase_id), e.purchase_id),
    ),
    PaymentUnclear: (lambda e: NewJob(e.cell, SettlePurchase(e.purchase_id), e.purchase_id),),
    ReceiptAskedFor: (
        lambda e: NewJob(
            e.cell, SendReceipt(e.purchase_id, asked=1), f"{e.purchase_id}.again.{e.at}"
        ),
    ),
    MoneyReturned: (
        lambda e: NewJob(
            cell_of(e.purchase_id),
            FollowReturns(e.purchase_id, e.payment_intent),
            f"{e.purchase_id}.{e.fact}",
        ),
    ),
    PaymentFound: (
        lambda e: NewJob(
            cell_of(e.purchase_id),
            AdoptPayment(e.purchase_id, e.payment_intent),
            f"{e.purchase_id}.{e.payment_intent}",
        ),
    ),
    RefundBegun: (
        lambda e: NewJob(
            e.cell,
            SettleRefund(e.purchase_id, e.refund_id),
            f"{e.purchase_id}.{e.refund_id}",
            SETTLE_AFTER_MS,
        ),
    ),
    ProTimeTakenBack: (lambda e: AssignProxies.of(e.user_id, f"back.{e.fact}"),),
    BonusTakenBack: (
        lambda e: NewJob(
            cell_of(e.inviter_id),
            TakeBackBonus(e.inviter_id, e.purchase_id, e.takings, e.fact),
            e.fact,
        ),
    ),
    PurchaseCompleted: (
        lambda e: AssignProxies.of(e.user_id, e.purchase_id),
        lambda e: NewJob(
            e.cell, RewardInviter(e.user_id, e.purchase_id, e.plan, e.months), e.purchase_id
        ),
        lambda e: NewJob(e.cell, SendReceipt(e.purchase_id), e.purchase_id),
        lambda e: SyncAddress.of(e.user_id, e.purchase_id),
    ),
    PurchaseOvertaken: (
        lambda e: NewJob(
            e.cell, SettlePurchase(e.purchase_id, closing=1), f"{e.purchase_id}.overtaken"
        ),
    ),
    PromotionHeld: (
        lambda e: NewJob(
            e.cell,
            SettlePromotionUse(e.promotion, e.purchase_id),
            f"{e.promotion}.{e.purchase_id}.{e.at}",
            RELEASE_AFTER_MS,
        ),
    ),
    PromotionUsed: (
        lambda e: NewJob(
            CATALOGUE_CELL,
            KeepPromotionUse(e.promotion, e.purchase_id),
            f"{e.promotion}.{e.purchase_id}",
        ),
    ),
    ResellerCodeRedeemed: (
        lambda e: NewJob(
            cell_of(e.user_id), GiveResellerTime(e.code_id, e.user_id), f"{e.user_id}.{e.code_id}"
        ),
    ),
    SubscriptionBegun: (
        lambda e: NewJob(
            e.cell, LookAtSubscription(e.subscription_id), e.subscription_id, SETTLE_AFTER_MS
        ),
    ),
    SubscriptionMoved: (
        lambda e: NewJob(
            cell_of(e.subscription_id),
            LookAtSubscription(e.subscription_id),
            f"{e.subscription_id}.{e.fact}",
        ),
    ),
    SubscriptionOvertaken: (
        lambda e: NewJob(
            e.cell, LookAtSubscription(e.subscription_id, closing=1), f"{e.subscription_id}.close"
        ),
    ),
    SubscriptionDisputed: (
        lambda e: NewJob(
            cell_of(e.subscription_id),
            LookAtSubscription(e.subscription_id),
            f"{e.subscription_id}.disputes.{e.fact}",
        ),
    ),
    PlanChangeBegun: (
        lambda e: NewJob(
            e.cell,
            LookAtSubscription(e.subscription_id),
            f"{e.subscription_id}.{e.key}",
            SETTLE_AFTER_MS,
        ),
    ),
    RenewalFailed: (
        lambda e: NewJob(
            e.cell,
            MailRenewalFailed(e.subscription_id),
            f"{e.subscription_id}.{e.invoice}.{e.attempt}",
        ),
    ),
    SubscriptionEnded: (
        lambda e: NewJob(e.cell, MailSubscriptionEnded(e.subscription_id), e.subscription_id),
    ),
    ProTimeGained: (lambda e: AssignProxies.of(e.user_id, e.fact),),
    AccountRecovered: (
        lambda e: NewJob(e.cell, MailRecoveryNotice(e.user_id, e.way), f"{e.user_id}.{e.fact}"),
    ),
    DevicesChanged: (lambda e: AssignProxies.of(e.user_id, e.fact),),
    CountryChanged: (lambda e: AssignProxies.of(e.user_id, e.fact),),
    AddressChanged: (lambda e: SyncAddress.of(e.user_id, e.fact, e.address),),
    AddressChangeAsked: (
        lambda e: MailAddressCode.of(e.user_id, "new", e.fact),
        lambda e: MailAddressCode.of(e.user_id, "old", e.fact),
    ),
    MailProofAsked: (lambda e: NewJob(e.cell, OpenDoors(e.digest), e.fact),),
    MailCodesMade: (lambda e: MailCodes.of(e.user_id, e.digest, e.fact),),
    TokenReset: (
        lambda e: AssignProxies.of(e.user_id, e.fact),
        lambda e: replace(
            AssignProxies.of(e.user_id, f"{e.fact}.only"), delay_ms=GRACE_MS + MARGIN_MS
        ),
    ),
    ReferralAttached: (
        lambda e: NewJob(
            cell_of(e.inviter_id), NoteInvitee(e.inviter_id, e.invitee_id), str(e.invitee_id)
        ),
    ),
    InviterEarned: (
        lambda e: NewJob(
            cell_of(e.inviter_id),
            CreditInviter(e.inviter_id, e.invitee_id, e.purchase_id, e.plan, e.months, e.at),
            f"{e.invitee_id}.{e.purchase_id}",
        ),
    ),
    UserErased: (
        lambda e: NewJob(e.cell, ReleaseProxies(e.user_id), e.fact),
        lambda e: ForgetInvitations.of(e.user_id, e.inviter_id, e.fact),
        lambda e: NewJob(e.cell, ForgetPurchases(e.user_id), e.fact),
        lambda e: SyncAddress.of(e.user_id, e.fact, e.address),
    ),
    InviteeErased: (
        lambda e: NewJob(
            cell_of(e.inviter_id), ForgetInvitee(e.inviter_id, e.invitee_id), str(e.invitee_id)
        ),
    ),
    InviterErased: (
        lambda e: NewJob(cell_of(e.invitee_id), ForgetInviter(e.invitee_id), str(e.invitee_id)),
    ),
    FleetChanged: (
        lambda e: PopulateFreeTable.of(e.cell, e.fact),
        lambda e: PublishCards.of(e.cell, e.fact),
    ),
    ProxyChanged: (lambda e: PopulateConfigsOf.of(e.proxy_id, e.fact),),
    RoomMade: (lambda e: ServeWaitingUsers.of(e.cell, e.fact),),
    ProxyClosed: (lambda e: MoveUsersOff.of(e.proxy_id, e.reason, e.fact),),
    ProxyRetired: (lambda e: NewJob(e.cell, RevokeAccess(e.proxy_id), e.fact),),
    UserMoved: (
        lambda e: AssignProxies.of(e.user_id, e.fact),
        lambda e: PopulateUserConfig.of(e.user_id, e.fact),
        lambda e: ServeWaitingUsers.of(e.cell, f"{e.user_id}.{e.fact}"),
    ),
    AssignmentChanged: (lambda e: PopulateUserConfig.of(e.user_id, e.fact),),
    ConfigAskedFor: (lambda e: NewJob(e.cell, MailConfig(e.user_id), f"{e.user_id}.{e.at}"),),
}
