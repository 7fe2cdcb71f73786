"""Users, their devices, their tokens and their Pro time."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, their devices, their tokens and their Pro time."""

    name = "accounts"
    label = "accounts"
    verbose_name = "Accounts"
