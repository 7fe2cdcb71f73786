"""The fleet, and who may use which proxy."""

from django.apps import AppConfig


class ProxiesConfig(AppConfig):
    """The fleet, and who may use which proxy."""

    name = "proxies"
    label = "proxies"
    verbose_name = "Proxies"

    def ready(self) -> None:
        """Register the system checks."""
        from proxies import checks  # noqa: F401 - importing registers them
