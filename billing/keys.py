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
PROMOTIONS = Table("promotion", "a promotion", app="billing")
PROMOTION_USES = Key(
    "promotion:{promotion}:uses",
    Kind.HASH,
    "who uses a promotion: id of a purchase or a subscription -> until when a use is held, ms by "
    "Redis's clock, or paid",
    app="billing",
)
FIRST_OFFERS = Key(
    "first_offers",
    Kind.HASH,
    "offers for a first purchase: user id -> the one purchase that has it",
    app="billing",
)
RESELLER_BATCHES = Table(
    "reseller_batch", "codes that a reseller was given, and what they give", app="billing"
)
RESELLER_CODES = Table(
    "reseller_code", "a reseller's code, by its keyed hash: who redeemed it, if any", app="billing"
)
STRIPE_EVENT = Key(
    "stripe_event:{event_id}",
    Kind.HASH,
    "a pointer to an event of Stripe's: type, object_id, created and taken (ms)",
    ttl="40 days",
    app="billing",
)
STRIPE_EVENT_METER = Key(
    "stripe_events:meter",
    Kind.HASH,
    "events of Stripe's that came: <type>:<taken, repeated or ignored> -> count",
    app="billing",
)
RETURNS = Key(
    "purchase:{purchase_id}:returns",
    Kind.HASH,
    "money of a purchase that went back: fact -> JSON {kind, minor, at, state, stands}; stands is "
    "0 (no money has left), 1 (taken) or 2 (restored)",
    app="billing",
)
REFUNDS = Key(
    "purchase:{purchase_id}:refunds",
    Kind.HASH,
    "refunds that staff began: id -> JSON {amount, why, at, state, told}",
    app="billing",
)
WALK = Key(
    "reconciliation:{walk}",
    Kind.HASH,
    "how far a walk over a list of Stripe's is: since, until (ms) and after (id) of the present "
    "window, done_until (ms), begun (ms), and how much was walked and repaired, ever",
    app="billing",
)
WALKING = Key(
    "reconciling",
    Kind.STRING,
    "who walks now: <epoch> <job>",
    ttl="two minutes after the last page",
    app="billing",
)
PAYMENT_SOUGHT = Key(
    "purchase:{purchase_id}:sought",
    Kind.STRING,
    "behind which payment Stripe's list is to be read on for that of a purchase, where Stripe does "
    "not search",
    ttl="two days",
    app="billing",
)
FOREIGN_PAYMENT = Key(
    "foreign_payment:{payment_intent}",
    Kind.STRING,
    "a payment at Stripe that is for nothing of ours, so that no walk asks about it again",
    ttl="a day",
    app="billing",
)
DRIFT = Table(
    "drift",
    "something that Stripe and the purchases disagree on: what, since when, and whether staff "
    "dismissed it",
    app="billing",
)
LATEST_PURCHASE = Key(
    "user:{user_id}:latest_purchase",
    Kind.HASH,
    "what the user began to buy last: id, at (ms), way",
    ttl="ten minutes",
    app="billing",
)
SUBSCRIPTIONS = Table(
    "subscription",
    "a subscription: the intent, how it stands, and Stripe's ids",
    personal=True,
    app="billing",
)
USER_SUBSCRIPTION = Key(
    "user:{user_id}:subscription",
    Kind.STRING,
    "the user's subscription that has not ended",
    app="billing",
)
USER_SUBSCRIPTIONS = Key(
    "user:{user_id}:subscriptions",
    Kind.ZSET,
    "a user's subscriptions: id -> when begun, ms",
    app="billing",
)
