"""The kit of the client API as a Django app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The kit of the client API as a Django app."""

    name = "lantern_pro.api"
    label = "api"
    verbose_name = "API"
