"""Endpoints: coupons, and the discounts that they become. Those of this stand-in are given once."""

from devstack.standin import Object
from devstack.stripe_standin.call import Call
from devstack.stripe_standin.errors import StripeError, missing
from devstack.stripe_standin.money import currency_of

_NAMED = "discounts[0][coupon]"


def create_coupon(call: Call) -> Object:
    """``POST /v1/coupons``: takes an amount off one invoice; an ``id`` may be chosen, once."""
    if (call.params.text("duration") or "once") != "once":
        message = "The coupons of this stand-in are for one invoice: send duration=once."
        raise StripeError(message, param="duration")
    call.params.need("amount_off")
    amount = call.params.number("amount_off") or 0
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise StripeError(message, code="parameter_invalid_integer", param="amount_off")
    currency = currency_of(call.params, "currency")
    coupon = call.make(
        "coupon",
        "coupon",
        amount_off=amount,
        currency=currency,
        duration="once",
        duration_in_months=None,
        max_redemptions=None,
        metadata={},
        name=call.params.text("name"),
        percent_off=None,
        redeem_by=None,
        times_redeemed=0,
        valid=True,
    )
    call.take_chosen_id(coupon)
    call.params.merge_metadata(coupon)
    call.put(coupon)
    call.emit("coupon.created", coupon)
    return coupon


def retrieve_coupon(call: Call, coupon_id: str) -> Object:
    """``GET /v1/coupons/:id``."""
    return call.find("coupon", coupon_id)


def list_coupons(call: Call) -> Object:
    """``GET /v1/coupons``."""
    return call.page("coupon")


def coupon_in(call: Call, price: Object) -> Object | None:
    """The coupon that a call names for what costs this; None when it names none."""
    names = [name for name, _ in call.params.pairs if name.startswith("discounts")]
    if not names:
        return None
    if names != [_NAMED]:
        message = "This stand-in takes one discount, by the id of its coupon."
        raise StripeError(message, param="discounts")
    coupon = call.find_named("coupon", _NAMED)
    if coupon is None:
        raise missing(param=_NAMED)
    if coupon["currency"] != price["currency"]:
        message = f"The coupon {coupon['id']} is in {coupon['currency']}, the price is not."
        raise StripeError(message, param=_NAMED)
    if coupon["amount_off"] >= price["unit_amount"]:
        message = "This stand-in makes no invoice on which nothing is due."
        raise StripeError(message, param=_NAMED)
    return coupon


def redeem(call: Call, coupon: Object, subscription: Object) -> None:
    """Let a subscription have the discount; its next invoice takes it."""
    coupon["times_redeemed"] += 1
    call.put(coupon)
    discount = call.make(
        "discount",
        "di",
        checkout_session=None,
        customer=subscription["customer"],
        end=None,
        invoice=None,
        invoice_item=None,
        promotion_code=None,
        source={"type": "coupon", "coupon": coupon["id"]},
        start=call.now,
        subscription=subscription["id"],
        subscription_item=None,
        _amount_off=coupon["amount_off"],
    )
    subscription["discounts"] = [call.put(discount)["id"]]


def take_off(call: Call, subscription: Object) -> list[Object]:
    """What the discounts of a subscription take off the invoice that is made now, and no other."""
    discounts = [call.find("discount", each) for each in subscription["discounts"]]
    subscription["discounts"] = []
    return [{"amount": each["_amount_off"], "discount": each["id"]} for each in discounts]
