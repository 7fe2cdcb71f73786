"""The few plain types that every part shares; a unit or an identity each."""

from typing import NewType

UserId = NewType("UserId", int)
"""Positive, below 2**53 (clients read it as a JSON number); its low bits name the cell."""

ProxyId = NewType("ProxyId", int)
"""Positive, below 2**53; its low bits name the cell."""

PurchaseId = NewType("PurchaseId", str)
"""``c<cell>.<rest>``."""

SubscriptionId = NewType("SubscriptionId", str)
"""``c<cell>.<user>.<rest>``."""

JobId = NewType("JobId", str)
"""``c<cell>.<kind>.<business fact>``: the same fact names the same job."""

Cell = NewType("Cell", int)
"""A population of users and proxies that lives in one Redis Cluster slot."""

Millis = NewType("Millis", int)
"""Milliseconds since the Unix epoch."""

Minor = NewType("Minor", int)
"""Money in the currency's smallest unit, as Stripe counts it."""
