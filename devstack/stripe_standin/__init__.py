"""A stand-in for Stripe: its API with test keys and test cards, its events and its webhooks.

It answers as an account does that takes cards only. What it keeps is enough for payments by card
(customers, tokens, payment methods, payment intents, charges, refunds, disputes, events) and for
subscriptions (products, prices, invoices, hosted checkout, the portal), on a clock that can be put
forward. Calls are held against the parameters that Stripe publishes. Idempotency keys are
honoured as Stripe honours them, and a payment, its events and the answer to its key are kept in
one step, so that ``kill -9`` never parts them.
"""

from devstack.stripe_standin.server import StripeStandin

__all__ = ["StripeStandin"]
