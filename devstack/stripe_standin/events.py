"""Endpoints: events."""

from devstack.standin import Object
from devstack.stripe_standin.call import Call


def retrieve_event(call: Call, event_id: str) -> Object:
    """``GET /v1/events/:id``."""
    return call.find("event", event_id)


def list_events(call: Call) -> Object:
    """``GET /v1/events``."""
    return call.page("event", type=call.params.text("type"))
