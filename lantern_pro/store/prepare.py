"""The records that Django itself needs before anybody can be given a role."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes


def prepare_store() -> None:
    """Make the content types and permissions that are missing; twice is as once."""
    for config in apps.get_app_configs():
        create_contenttypes(config, verbosity=0, interactive=False)
        create_permissions(config, verbosity=0, interactive=False)
