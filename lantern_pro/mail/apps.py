"""Mail as a Django app."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Mail as a Django app."""

    name = "lantern_pro.mail"
    label = "mail"
    verbose_name = "Mail"
