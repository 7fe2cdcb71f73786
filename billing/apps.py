"""Plans, purchases and what Stripe says of them."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Plans, purchases and what Stripe says of them."""

    name = "billing"
    label = "billing"
    verbose_name = "Billing"
