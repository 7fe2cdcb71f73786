"""The keys of billing."""

from lantern_pro.store.keys import Key, Kind, Table

PLANS = Table("plan", "a plan on sale", app="billing")
PURCHASES = Table(
    "purchase",
    "a purchase: the intent, the outcome, and Stripe's ids",
    personal=True,
    app="billing",
)
USER_PURCHASES = Key(
    "user:{user_id}:purchases",
    Kind.ZSET,
    "a user's purchases: purchase id -> when begun, ms",
    app="billing",
)
