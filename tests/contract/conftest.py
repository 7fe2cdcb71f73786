"""The same service and client apps as the API's own tests."""

from tests.api.conftest import (
    client,
    http,
    mandrill_standin,
    new_client,
    run_jobs,
    service,
    stripe_standin,
    webhook_receiver,
)

__all__ = [
    "client",
    "http",
    "mandrill_standin",
    "new_client",
    "run_jobs",
    "service",
    "stripe_standin",
    "webhook_receiver",
]
