"""The store as a Django app: its checks, and the fragments that other apps' scripts include."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Redis, and nothing of the domain."""

    name = "lantern_pro.store"
    label = "store"
    verbose_name = "Store"

    def ready(self) -> None:
        """Register the system checks."""
        from lantern_pro.store import checks  # noqa: F401 - registers on import
