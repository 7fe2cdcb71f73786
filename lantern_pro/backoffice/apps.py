"""The Django admin without SQL."""

from django.apps import AppConfig, apps


class BackofficeConfig(AppConfig):
    """The Django admin without SQL."""

    name = "lantern_pro.backoffice"
    label = "backoffice"
    verbose_name = "Back office"

    def ready(self) -> None:
        """Give Django's own apps the names that staff know them by."""
        apps.get_app_config("auth").verbose_name = "Staff"
        apps.get_app_config("admin").verbose_name = "History"
