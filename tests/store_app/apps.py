"""Books, shelves and parcels."""

from django.apps import AppConfig


class StoreAppConfig(AppConfig):
    """Books, shelves and parcels."""

    name = "tests.store_app"
    label = "store_app"
    verbose_name = "Library"
