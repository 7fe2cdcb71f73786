"""The Django admin without SQL."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """The Django admin without SQL."""

    name = "lantern_pro.backoffice"
    label = "backoffice"
    verbose_name = "Back office"
