"""What billing may refuse."""

from lantern_pro.errors import NotYet, Refused, Unavailable


class UnknownPlan(Refused):
    """No plan on sale has this id."""

    error_id = "unknown-plan"
    message = "There is no such plan on sale."


class PromotionOver(Refused):
    """An offer that was shown has ended or is used up; ``details.reason`` says which."""

    error_id = "promotion-over"
    message = "This offer has ended. Please look at the plans again."


class NotFirstPurchase(Refused):
    """The offer is for an account's first purchase, and this would not be it."""

    error_id = "not-first-purchase"
    message = "This offer is for a first purchase only."


class WrongCoupon(Refused):
    """No running promotion has this code, or it is not for this plan or this country."""

    error_id = "wrong-coupon"
    message = "This code is not valid for this plan."


class WrongResellerCode(Refused):
    """There is no such code, or it was redeemed by another, is over or revoked: nobody is told."""

    error_id = "wrong-reseller-code"
    message = "This code is not valid, or was used before."


class NoSuchBatch(Refused):
    """There is no such batch of resellers' codes."""

    error_id = "no-such-batch"
    message = "There is no such batch of codes."


class WrongCurrency(Refused):
    """The plan is sold in another currency than the one asked for."""

    error_id = "wrong-currency"
    message = "The plan is not sold in this currency."


class UnsupportedProvider(Refused):
    """This way of paying is not offered."""

    error_id = "unsupported-provider"
    message = "This payment provider is not supported. Supported: stripe, reseller-code."


class MissingPaymentSource(Refused):
    """Neither a token nor a payment method was given."""

    error_id = "missing-payment-source"
    message = "Send stripeToken, or stripePaymentMethod with an idempotencyKey."


class IdempotencyKeyReused(Refused):
    """The key belongs to another purchase by this user."""

    error_id = "idempotency-key-reused"
    message = "This idempotencyKey was used before for a purchase with other parameters."


class PurchaseRepeated(Refused):
    """Another purchase was begun minutes ago; ``details`` tell of it, and how to insist."""

    error_id = "purchase-repeated"
    message = "You bought something minutes ago. Look at it first; send insist=true to buy again."


class CardDeclined(Refused):
    """The payment was declined; ``details.reason`` is the bank's or Stripe's code."""

    error_id = "card-declined"
    message = "The card was declined."


class PaymentPending(NotYet):
    """The payment's outcome is not known yet; it is being asked about."""

    error_id = "payment-pending"
    message = "The payment is being confirmed."


class StripeUnreachable(Unavailable):
    """Stripe does not answer just now."""

    error_id = "stripe-unreachable"
    message = "The payment provider cannot be reached just now."


class WrongReceipt(Refused):
    """No receipt of a purchase that stands, or not the card's digits: nobody is told which."""

    error_id = "wrong-receipt"
    message = "No account belongs to this receipt and these digits."


class ForgedWebhook(Refused):
    """The signature of a webhook is missing, wrong or too old."""

    error_id = "invalid-signature"
    message = "The signature does not match."


class NotAnEvent(Refused):
    """What came by the webhook, or from the list of events, is no event as Stripe documents it."""

    error_id = "not-an-event"
    message = "This is not an event: id, type, created and data.object are needed."


class NoSuchPurchase(Refused):
    """There is no such purchase."""

    error_id = "no-such-purchase"
    message = "There is no such purchase."


class NoSuchCharge(Refused):
    """The user has made no such payment: perhaps another has, which nobody is told."""

    error_id = "no-such-charge"
    message = "You have no such payment."


class WrongCursor(Refused):
    """The cursor is none that a page of the user's own payments ended with."""

    error_id = "wrong-cursor"
    message = "Send the nextCursor of a page that you were answered, or none."


class NoAddressForReceipt(Refused):
    """No address was given with the payment, so there is nowhere to mail its receipt to."""

    error_id = "no-address-for-receipt"
    message = "No e-mail address was given with this payment."


class NotPaid(Refused):
    """The purchase is not paid, or not by this payment, so nothing of it can go back."""

    error_id = "not-paid"
    message = "This purchase is not paid, or was paid by another payment."


class TooMuchToRefund(Refused):
    """More than is left of what was paid; ``details.left`` is in the smallest unit."""

    error_id = "too-much-to-refund"
    message = "That is more than is left of what was paid."


class RefundUnderWay(NotYet):
    """Another refund of the purchase has not ended."""

    error_id = "refund-under-way"
    message = "Another refund of this purchase is still under way. Please try again in a minute."


class RefundFailed(Refused):
    """Stripe does not give the money back; ``details.reason`` is its code."""

    error_id = "refund-failed"
    message = "The payment provider did not give the money back."


class PurchaseUnderWay(NotYet):
    """A payment's outcome is open, and the user cannot be erased before it is known."""

    error_id = "purchase-under-way"
    message = "A payment is still being confirmed. Please try again in a minute."


class NoSuchSubscription(Refused):
    """The user has no subscription that has not ended."""

    error_id = "no-such-subscription"
    message = "There is no subscription. Begin one by /stripe-subscription."


class AlreadySubscribed(Refused):
    """The user has a subscription already; ``details`` tell its plan and state."""

    error_id = "already-subscribed"
    message = "This account has a subscription. Change it by /subscription-update."


class PaymentDisputed(Refused):
    """A bank has not decided yet about a payment of the subscription: nothing more is charged."""

    error_id = "payment-disputed"
    message = "A payment of this subscription is disputed. Nothing is charged until it is decided."


class PlanChangeUnderWay(Refused):
    """A change to another plan, which ``details`` name, was on its way: both could be charged."""

    error_id = "plan-change-under-way"
    message = "The subscription was just being changed to another plan. Look at it, and ask again."


class PlanDoesNotRenew(Refused):
    """The plan's length is none that a subscription can have."""

    error_id = "plan-does-not-renew"
    message = "This plan cannot be subscribed to: months or days, up to three years, not both."


class StripeRefused(Refused):
    """Stripe does not take the plan, or what was told, as it is; ``details.reason`` is its code."""

    error_id = "stripe-refused"
    message = "The payment provider does not accept this. Another plan or address may do."
