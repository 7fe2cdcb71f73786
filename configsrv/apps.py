"""Configurations for millions of polling clients."""

from django.apps import AppConfig


class ConfigsrvConfig(AppConfig):
    """Configurations for millions of polling clients."""

    name = "configsrv"
    label = "configsrv"
    verbose_name = "Configurations"
