"""The Django admin without SQL."""

from typing import Final

from django.apps import AppConfig, apps

NAMES: Final = {
    "auth.User": ("member", "members"),
    "auth.Group": ("role", "roles"),
    "admin.LogEntry": ("act", "acts"),
}
"""What staff call Django's own models, of one and of many: a user is somebody else here."""


class BackofficeConfig(AppConfig):
    """The Django admin without SQL."""

    name = "lantern_pro.backoffice"
    label = "backoffice"
    verbose_name = "Back office"

    def ready(self) -> None:
        """Give Django's own apps and models the names that staff know them by."""
        apps.get_app_config("auth").verbose_name = "Staff"
        apps.get_app_config("admin").verbose_name = "History"
        for model, (one, many) in NAMES.items():
            options = apps.get_model(model)._meta
            options.verbose_name, options.verbose_name_plural = one, many
