"""What these tests share."""

from tests.standins.fixtures import (
    http,
    mandrill_client,
    mandrill_standin,
    stripe_client,
    stripe_standin,
    webhook_receiver,
)

__all__ = [
    "http",
    "mandrill_client",
    "mandrill_standin",
    "stripe_client",
    "stripe_standin",
    "webhook_receiver",
]
