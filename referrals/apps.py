"""Who invited whom, and what both get for it."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Who invited whom, and what both get for it."""

    name = "referrals"
    label = "referrals"
    verbose_name = "Referrals"
