"""What looks at every app at once: a user's whole story, the laws, demo data."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """What looks at every app at once: a user's whole story, the laws, demo data."""

    name = "lantern_pro.support"
    label = "support"
    verbose_name = "Support"
